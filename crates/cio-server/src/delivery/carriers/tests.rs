use serde_json::json;

use super::*;
use crate::delivery::testing::fcm;

/// A key of the curve P-256 for tests.
fn apns() -> ApnsCarrier {
    let key = rcgen::KeyPair::generate().unwrap();
    ApnsCarrier {
        settings: ApnsSettings {
            key: key.serialize_pem(),
            key_id: "KEY1234567".into(),
            team_id: "TEAM123456".into(),
            topic: "com.example.app".into(),
            sandbox: false,
        },
        base_url: None,
    }
}

#[test]
fn each_platform_has_its_carrier_and_ios_either() {
    let of = |fcm: Option<FcmSettings>, apns: Option<ApnsCarrier>| {
        let settings = CarrierSettings {
            fcm,
            apns,
            texts: None,
        };
        let carriers = Carriers::new(&settings).unwrap();
        let name = |platform| match carriers.of(platform) {
            None => "nobody",
            Some(PushCarrier::Fcm(_)) => "fcm",
            Some(PushCarrier::Apns(_)) => "apns",
        };
        let names = (name(Platform::Android), name(Platform::Ios));
        (carriers.carry_pushes(), names)
    };
    let fcm = || Some(fcm("http://127.0.0.1:1"));
    assert_eq!(of(None, None), (false, ("nobody", "nobody")));
    assert_eq!(of(fcm(), None), (true, ("fcm", "fcm")));
    assert_eq!(of(None, Some(apns())), (true, ("nobody", "apns")));
    assert_eq!(of(fcm(), Some(apns())), (true, ("fcm", "apns")));
}

#[test]
fn what_is_wrong_is_said_with_its_section_and_without_secrets() {
    let problem = |settings: CarrierSettings| {
        let shown = format!("{settings:?}");
        let text = Carriers::new(&settings).unwrap_err().to_string();
        assert!(
            !shown.contains("hunter2") && !text.contains("hunter2"),
            "{shown} {text}"
        );
        text
    };
    let wrong = FcmSettings {
        service_account: json!({"private_key": "hunter2"}).to_string(),
        base_url: None,
    };
    let text = problem(CarrierSettings {
        fcm: Some(wrong),
        ..CarrierSettings::default()
    });
    assert_eq!(
        text,
        "[push.fcm] service account: `project_id` is missing in it"
    );

    let mut wrong = apns();
    wrong.settings.key = "hunter2".into();
    let text = problem(CarrierSettings {
        apns: Some(wrong),
        ..CarrierSettings::default()
    });
    assert!(
        text.starts_with("[push.apns] key: it holds no private key"),
        "{text}"
    );

    let twilio = |sid: &str, callback_url: Option<&str>| CarrierSettings {
        texts: Some(TextCarrier::Twilio {
            settings: TwilioSettings {
                account_sid: sid.into(),
                auth_token: "hunter2".into(),
                messaging_service_sid: None,
            },
            base_url: None,
            callback_url: callback_url.map(str::to_owned),
        }),
        ..CarrierSettings::default()
    };
    let text = problem(twilio("hunter", None));
    assert!(text.starts_with("[text.twilio] account_sid: "), "{text}");
    let sid = "AC0123456789abcdef0123456789abcdef";
    let text = problem(twilio(sid, Some("cio.example")));
    assert!(text.starts_with("[text.twilio] callback_url: "), "{text}");
    let carriers = Carriers::new(&twilio(sid, Some("https://cio.example/"))).unwrap();
    let callback = carriers.texts.unwrap().callback("a_b-c=").unwrap();
    assert_eq!(callback, "https://cio.example/carriers/twilio/a%5Fb%2Dc%3D");

    let text = problem(CarrierSettings {
        texts: Some(TextCarrier::Gateway(GatewaySettings {
            bearer_token: Some("hunter2".into()),
            ..GatewaySettings::default()
        })),
        ..CarrierSettings::default()
    });
    assert!(text.starts_with("[text.http] base URL: "), "{text}");
}
