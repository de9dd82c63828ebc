//! AWS: Parameter Store and Secrets Manager, and whoever asks them.

use cio_testkit::{Reply, Request, TestServer};
use customerio::secrets::SecretErrorKind;
use serde_json::{Value, json};

use super::{HIDDEN, assert_broken, fetch, open, pages_of_others, put};

const SSM: &str = "aws-ssm:///cio/app";
const MANAGER: &str = "aws-secretsmanager://cio#app";

fn with_keys(url: &str) -> Vec<(&str, &str)> {
    vec![
        ("AWS_ENDPOINT_URL", url),
        ("AWS_REGION", "eu-central-1"),
        ("AWS_ACCESS_KEY_ID", "AKID"),
        ("AWS_SECRET_ACCESS_KEY", HIDDEN),
        ("AWS_SESSION_TOKEN", "session"),
    ]
}

/// Without any credentials but those that a test adds.
fn bare(url: &str) -> Vec<(&str, &str)> {
    vec![
        ("AWS_ENDPOINT_URL", url),
        ("AWS_REGION", "eu-central-1"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
    ]
}

fn parameter(value: &str) -> Reply {
    let parameter = json!({ "Value": value, "Type": "SecureString" });
    Reply::json(200, json!({ "Parameter": parameter }))
}

fn failure(name: &str, message: &str) -> Reply {
    Reply::json(400, json!({ "__type": name, "message": message }))
}

fn role(end: &str) -> Value {
    json!({ "AccessKeyId": "ROLE", "SecretAccessKey": HIDDEN, "Token": HIDDEN, "Expiration": end })
}

const FAR: &str = "2999-01-01T00:00:00Z";

fn signer(request: &Request) -> String {
    let header = request.header("authorization").unwrap();
    let (_, rest) = header.split_once("Credential=").unwrap();
    rest.split('/').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_parameter_is_asked_for_decrypted_and_signed() {
    let server = TestServer::start().await;
    server.reply(parameter("a-1"));
    let found = fetch(SSM, &with_keys(&server.url())).await.unwrap();
    assert_eq!(found.as_deref(), Some("a-1"));
    let request = server.only_request();
    assert_eq!(request.line(), "POST /");
    assert_eq!(
        request.header("x-amz-target"),
        Some("AmazonSSM.GetParameter")
    );
    assert_eq!(
        request.header("content-type"),
        Some("application/x-amz-json-1.1")
    );
    assert_eq!(request.header("x-amz-security-token"), Some("session"));
    assert_eq!(
        request.json(),
        json!({ "Name": "/cio/app", "WithDecryption": true })
    );
    let signature = request.header("authorization").unwrap();
    assert!(
        signature.starts_with("AWS4-HMAC-SHA256 Credential=AKID/"),
        "{signature}"
    );
    assert!(
        signature.contains("/eu-central-1/ssm/aws4_request"),
        "{signature}"
    );
    assert!(!signature.contains(HIDDEN));
}

#[tokio::test]
async fn a_field_of_a_secret_is_read_at_its_own_endpoint_and_region() {
    let server = TestServer::start().await;
    let text = json!({ "app": "a-1" }).to_string();
    server.reply(Reply::json(200, json!({ "SecretString": text })));
    let url = server.url();
    let mut variables = with_keys("http://127.0.0.1:1");
    variables.push(("AWS_ENDPOINT_URL_SECRETS_MANAGER", &url));
    let arn = "arn:aws:secretsmanager:us-east-2:123456789012:secret:cio-AbCdEf";
    let found = fetch(&format!("aws-secretsmanager://{arn}#app"), &variables).await;
    assert_eq!(found.unwrap().as_deref(), Some("a-1"));
    let request = server.only_request();
    assert_eq!(
        request.header("x-amz-target"),
        Some("secretsmanager.GetSecretValue")
    );
    assert_eq!(request.json(), json!({ "SecretId": arn }));
    assert!(
        request
            .header("authorization")
            .unwrap()
            .contains("/us-east-2/secretsmanager/")
    );
}

#[tokio::test]
async fn what_is_not_there_is_nothing() {
    let other = json!({ "SecretString": "{\"other\":\"x\"}" });
    for (reference, reply) in [
        (SSM, failure("ParameterNotFound", "")),
        (
            SSM,
            failure("com.amazonaws.ssm#ParameterVersionNotFound", ""),
        ),
        (MANAGER, failure("ResourceNotFoundException", "no")),
        (MANAGER, Reply::json(200, other)),
    ] {
        let server = TestServer::start().await;
        server.reply(reply);
        assert_eq!(
            fetch(reference, &with_keys(&server.url())).await.unwrap(),
            None
        );
    }
}

#[tokio::test]
async fn every_refusal_says_what_to_do() {
    use SecretErrorKind::{Denied, Unreachable, Unreadable};
    let signature = "InvalidSignatureException";
    for (reply, kind, word) in [
        (
            failure("AccessDeniedException", "not authorized"),
            Denied,
            "kms:Decrypt",
        ),
        (
            failure("ExpiredTokenException", "over"),
            Denied,
            "sso login",
        ),
        (
            failure("UnrecognizedClientException", "who"),
            Denied,
            "AWS_ACCESS_KEY_ID",
        ),
        (
            failure(signature, HIDDEN).header("date", "Thu, 01 Jan 2015 00:00:00 GMT"),
            Denied,
            "ahead of AWS's: set it right",
        ),
        (failure(signature, HIDDEN), Denied, "AWS_SECRET_ACCESS_KEY"),
        (failure("ThrottlingException", "slow"), Unreachable, "later"),
        (
            failure("InvalidRequestException", "marked for deletion"),
            Unreadable,
            "restore",
        ),
        (
            failure("ValidationException", "bad name"),
            Unreadable,
            "bad name",
        ),
        (Reply::json(200, json!({})), Unreadable, "no value"),
    ] {
        let server = TestServer::start().await;
        server.reply(reply);
        let error = fetch(SSM, &with_keys(&server.url())).await.unwrap_err();
        assert_broken(&error, kind, &[word]);
    }
    for (reply, kind) in pages_of_others() {
        for reference in [SSM, MANAGER] {
            let server = TestServer::start().await;
            server.reply(reply.clone());
            let error = fetch(reference, &with_keys(&server.url()))
                .await
                .unwrap_err();
            assert_broken(&error, kind, &[]);
        }
    }
}

#[test]
fn settings_that_cannot_work_are_refused() {
    let keys = [
        ("AWS_ACCESS_KEY_ID", "AKID"),
        ("AWS_SECRET_ACCESS_KEY", HIDDEN),
    ];
    let region = ("AWS_REGION", "eu-central-1");
    for (variables, word) in [
        (keys.to_vec(), "AWS_REGION"),
        (vec![region, keys[0]], "AWS_SECRET_ACCESS_KEY"),
        (vec![region, keys[1]], "AWS_ACCESS_KEY_ID"),
        (
            vec![region, ("AWS_WEB_IDENTITY_TOKEN_FILE", "/t")],
            "AWS_ROLE_ARN",
        ),
        (
            vec![region, ("AWS_ENDPOINT_URL", "nowhere")],
            "AWS_ENDPOINT_URL",
        ),
        (
            vec![
                region,
                ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://example.com/"),
            ],
            "without TLS",
        ),
    ] {
        let error = open(SSM, &variables).err().unwrap();
        assert_broken(&error, SecretErrorKind::Setting, &[word]);
    }
}

#[tokio::test]
async fn a_web_identity_comes_before_files_and_is_asked_without_a_signature() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path();
    std::fs::create_dir(home.join(".aws")).unwrap();
    let own = "[default]\naws_access_key_id = FILE\naws_secret_access_key = SK\n";
    std::fs::write(home.join(".aws/credentials"), own).unwrap();
    let token = home.join("token");
    std::fs::write(&token, format!("{HIDDEN}\n")).unwrap();
    let server = TestServer::start().await;
    let answer = format!(
        "<R><Credentials><AccessKeyId>ROLE</AccessKeyId><SecretAccessKey>{HIDDEN}</SecretAccessKey>\
         <SessionToken>s+/=</SessionToken><Expiration>{FAR}</Expiration></Credentials></R>"
    );
    server.reply(Reply::new(200, "text/xml", answer));
    server.reply(parameter("a-1"));
    let url = server.url();
    let mut variables = bare(&url);
    variables.extend([
        ("HOME", home.to_str().unwrap()),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", token.to_str().unwrap()),
        ("AWS_ROLE_ARN", "arn:aws:iam::1:role/cio"),
    ]);
    assert!(fetch(SSM, &variables).await.unwrap().is_some());
    let [first, second] = <[Request; 2]>::try_from(server.requests()).unwrap();
    assert_eq!(first.header("authorization"), None);
    assert_eq!(
        first.text(),
        format!(
            "Version=2011-06-15&Action=AssumeRoleWithWebIdentity&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fcio\
             &RoleSessionName=customerio&WebIdentityToken={HIDDEN}"
        )
    );
    assert_eq!(signer(&second), "ROLE");
    assert_eq!(second.header("x-amz-security-token"), Some("s+/="));

    server.reply(Reply::new(
        403,
        "text/xml",
        "<E><Code>AccessDenied</Code><Message>no.</Message></E>",
    ));
    let error = fetch(SSM, &variables).await.unwrap_err();
    assert_broken(
        &error,
        SecretErrorKind::Denied,
        &["AccessDenied", "trust policy"],
    );
    server.reply(Reply::new(503, "text/xml", "<E/>"));
    let error = fetch(SSM, &variables).await.unwrap_err();
    assert_broken(&error, SecretErrorKind::Unreachable, &["later"]);
}

#[tokio::test]
async fn profiles_lend_to_one_another_and_broken_ones_end_the_search() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config");
    let text = "[default]\naws_access_key_id = FILE\naws_secret_access_key = SK\n\
                [profile half]\naws_access_key_id = FILE\n\
                [profile sso]\nsso_session = x\n\
                [profile a]\nrole_arn = r\nsource_profile = b\n[profile b]\nrole_arn = r\nsource_profile = a\n\
                [profile lonely]\nrole_arn = r\n";
    std::fs::write(&config, text).unwrap();
    let server = TestServer::start().await;
    server.reply(parameter("a-1"));
    let url = server.url();
    let mut variables = bare(&url);
    variables.push(("AWS_CONFIG_FILE", config.to_str().unwrap()));
    assert!(fetch(SSM, &variables).await.unwrap().is_some());
    assert_eq!(signer(&server.only_request()), "FILE");
    for (profile, word) in [
        ("half", "no aws_secret_access_key"),
        ("sso", "aws configure export-credentials"),
        ("a", "in a circle"),
        ("lonely", "source_profile"),
        ("none", "AWS_PROFILE"),
    ] {
        let mut variables = variables.clone();
        variables.push(("AWS_PROFILE", profile));
        let error = fetch(SSM, &variables).await.unwrap_err();
        assert_broken(&error, SecretErrorKind::Setting, &[word]);
    }
    std::fs::write(&config, [0xff, 0xfe]).unwrap();
    let error = fetch(SSM, &variables).await.unwrap_err();
    assert_broken(&error, SecretErrorKind::Setting, &["cannot be read"]);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_container_s_role_is_replaced_when_it_ends_or_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("token");
    std::fs::write(&token, format!("{HIDDEN}\n")).unwrap();
    let server = TestServer::start().await;
    server.reply(Reply::json(200, role("2001-01-01T00:00:00Z")));
    server.reply(parameter("a-1"));
    let url = server.url();
    let uri = format!("{url}/role");
    let mut variables = bare(&url);
    variables.extend([
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", uri.as_str()),
        (
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
            token.to_str().unwrap(),
        ),
    ]);
    let source = open(SSM, &variables).unwrap();
    assert!(source.fetch().await.unwrap().is_some());
    server.reply(Reply::json(200, role(FAR)));
    server.reply(parameter("a-1"));
    assert!(source.fetch().await.unwrap().is_some());
    let mut other = role(FAR);
    other["AccessKeyId"] = "OTHER".into();
    server.reply(failure("ExpiredTokenException", "over"));
    server.reply(Reply::json(200, other));
    server.reply(parameter("a-1"));
    assert!(source.fetch().await.unwrap().is_some());
    let requests = server.requests();
    let lines: Vec<String> = requests.iter().map(Request::line).collect();
    assert_eq!(
        lines,
        [
            "GET /role",
            "POST /",
            "GET /role",
            "POST /",
            "POST /",
            "GET /role",
            "POST /"
        ]
    );
    assert_eq!(requests[0].header("authorization"), Some(HIDDEN));
    assert_eq!(signer(&requests[6]), "OTHER");
    server.reply(Reply::empty(403));
    let error = fetch(SSM, &variables).await.unwrap_err();
    assert_broken(&error, SecretErrorKind::Unreachable, &["403"]);
}

#[tokio::test]
async fn an_instance_s_role_is_asked_for_by_the_second_protocol_only() {
    let server = TestServer::start().await;
    server.reply(Reply::new(200, "text/plain", HIDDEN));
    server.reply(Reply::new(200, "text/plain", "cio\n"));
    server.reply(Reply::json(200, role(FAR)));
    server.reply(parameter("a-1"));
    let url = server.url();
    let variables = [
        ("AWS_ENDPOINT_URL", url.as_str()),
        ("AWS_REGION", "eu-central-1"),
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT", url.as_str()),
    ];
    assert!(fetch(SSM, &variables).await.unwrap().is_some());
    let requests = server.requests();
    let root = "/latest/meta-data/iam/security-credentials/";
    assert_eq!(requests[0].line(), "PUT /latest/api/token");
    assert_eq!(requests[1].line(), format!("GET {root}"));
    assert_eq!(requests[2].line(), format!("GET {root}cio"));
    assert_eq!(requests[2].header("x-aws-ec2-metadata-token"), Some(HIDDEN));
    assert_eq!(signer(&requests[3]), "ROLE");

    server.replies([Reply::new(200, "text/plain", HIDDEN), Reply::empty(500)]);
    let error = fetch(SSM, &variables).await.unwrap_err();
    assert_broken(&error, SecretErrorKind::Unreachable, &["500"]);
    server.replies([Reply::new(200, "text/plain", HIDDEN), Reply::empty(404)]);
    let error = fetch(SSM, &variables).await.unwrap_err();
    assert_broken(
        &error,
        SecretErrorKind::Setting,
        &["no credentials for AWS"],
    );
    server.reply(Reply::empty(404));
    let error = fetch(SSM, &variables).await.unwrap_err();
    assert_broken(
        &error,
        SecretErrorKind::Setting,
        &["no credentials for AWS"],
    );
}

#[tokio::test]
async fn a_parameter_keeps_its_kind_and_its_key_or_is_not_changed() {
    let key = json!({ "Parameters": [{ "KeyId": "alias/own" }] });
    let server = TestServer::start().await;
    server.replies([
        parameter("a-1"),
        Reply::json(200, json!({ "Parameters": [], "NextToken": "n" })),
        Reply::json(200, key),
        Reply::json(200, json!({ "Version": 2 })),
    ]);
    put(SSM, &with_keys(&server.url()), "a-2").await.unwrap();
    let requests = server.requests();
    assert_eq!(requests[2].json()["NextToken"], "n");
    assert_eq!(
        requests[3].json(),
        json!({ "Name": "/cio/app", "Value": "a-2", "Type": "SecureString", "Overwrite": true, "KeyId": "alias/own" })
    );
    for (reply, kind) in [
        (
            failure("AccessDeniedException", "no"),
            SecretErrorKind::Denied,
        ),
        (
            Reply::json(200, json!({ "Parameters": [] })),
            SecretErrorKind::Unreadable,
        ),
    ] {
        let server = TestServer::start().await;
        server.replies([parameter("a-1"), reply]);
        let error = put(SSM, &with_keys(&server.url()), HIDDEN)
            .await
            .unwrap_err();
        assert_broken(&error, kind, &[]);
        assert_eq!(server.requests().len(), 2);
    }
}

#[tokio::test]
async fn a_field_of_a_secret_is_replaced_and_a_whole_one_is_not_read() {
    let server = TestServer::start().await;
    let text = json!({ "app": "a-1", "track": "t-1" }).to_string();
    server.reply(Reply::json(200, json!({ "SecretString": text })));
    server.reply(Reply::json(200, json!({ "VersionId": "v" })));
    let url = server.url();
    put(MANAGER, &with_keys(&url), "a-2").await.unwrap();
    let body = server.requests()[1].json();
    let text: Value = serde_json::from_str(body["SecretString"].as_str().unwrap()).unwrap();
    assert_eq!(text, json!({ "app": "a-2", "track": "t-1" }));
    assert_eq!(body["ClientRequestToken"].as_str().unwrap().len(), 32);

    server.reply(failure("ResourceNotFoundException", "no"));
    server.reply(Reply::json(200, json!({ "ARN": "arn" })));
    put("aws-secretsmanager://new", &with_keys(&url), "a-1")
        .await
        .unwrap();
    let target = |at: usize| {
        server.requests()[at]
            .header("x-amz-target")
            .unwrap()
            .to_owned()
    };
    assert_eq!(target(2), "secretsmanager.PutSecretValue");
    assert_eq!(target(3), "secretsmanager.CreateSecret");
}

#[tokio::test]
async fn a_value_that_was_not_taken_is_an_error_without_it() {
    let repeated = format!("Value '{HIDDEN}' at 'value' is too long");
    for (reply, kind) in [
        (
            failure("ValidationException", &repeated),
            SecretErrorKind::Unreadable,
        ),
        (Reply::html(200, "welcome"), SecretErrorKind::Unreachable),
    ] {
        let server = TestServer::start().await;
        server.reply(reply);
        let place = "aws-secretsmanager://cio";
        let error = put(place, &with_keys(&server.url()), HIDDEN)
            .await
            .unwrap_err();
        assert_broken(&error, kind, &[]);
    }
}
