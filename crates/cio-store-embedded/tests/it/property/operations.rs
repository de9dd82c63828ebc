//! Every operation there is, over a tiny alphabet, so that operations meet. Times are
//! relative to the receipt until [`received`] makes them absolute.

use cio_domain::activity::ActivityKind;
use cio_domain::attribute::Change;
use cio_domain::delivery::NewDelivery;
use cio_domain::message::EmailContent;
use cio_domain::object::{ObjectRef, ObjectTypeId};
use cio_domain::operation::{
    DeviceStatus, DeviceUpdate, Event, EventKind, Identify, IdentifyObject, Look, Reader, Relate,
    RelatePerson, Report, Subject,
};
use cio_domain::segment::SegmentId;
use cio_domain::{Operation, UnixSeconds};
use cio_wire::Identifier;
use proptest::collection::vec;
use proptest::option::{of, weighted};
use proptest::prelude::*;
use proptest::sample::select;

use super::sequence::START;

pub(super) const IDS: [&str; 3] = ["1", "2", "3"];
/// Two of them are one address.
pub(super) const EMAILS: [&str; 4] = ["a@x.io", "A@x.io", "b@x.io", "Ü@x.io"];
pub(super) const CIO_IDS: [&str; 4] = ["00000001", "00000002", "00000003", "0000ffff"];
/// One name begins another.
pub(super) const VISITORS: [&str; 3] = ["v", "vv", "w"];
pub(super) const OBJECTS: [(u32, &str); 3] = [(1, "o"), (1, "oo"), (2, "o")];
pub(super) const DELIVERIES: [&str; 4] = ["d0", "d1", "d2", "d3"];
const DAY: i64 = 24 * 60 * 60;

fn text(all: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(all).prop_map(str::to_owned)
}

fn identifier() -> impl Strategy<Value = Identifier> {
    prop_oneof![
        4 => text(&IDS).prop_map(Identifier::Id),
        4 => text(&EMAILS).prop_map(Identifier::Email),
        2 => text(&CIO_IDS).prop_map(Identifier::CioId),
    ]
}

fn subject() -> impl Strategy<Value = Subject> {
    prop_oneof![
        3 => identifier().prop_map(Subject::Person),
        2 => text(&VISITORS).prop_map(Subject::Visitor),
    ]
}

fn object() -> impl Strategy<Value = ObjectRef> {
    prop_oneof![
        4 => select(&OBJECTS).prop_map(|(number, id)| {
            ObjectRef::Id(ObjectTypeId(number), id.to_owned())
        }),
        1 => text(&CIO_IDS).prop_map(ObjectRef::CioId),
    ]
}

fn changes() -> impl Strategy<Value = Vec<(String, Change)>> {
    let start = i64::try_from(START / 1_000).unwrap_or_default();
    let change = prop_oneof![
        3 => (0..9_u8).prop_map(|n| Change::Set(n.to_string())),
        1 => (0..40_i64).prop_map(move |n| Change::Set((start + n * DAY).to_string())),
        1 => Just(Change::Remove),
    ];
    vec((text(&["p", "q"]), change), 0..3)
}

/// Around the time of receipt, or weeks away from it.
fn timestamp() -> impl Strategy<Value = Option<UnixSeconds>> {
    let offset = prop_oneof![
        4 => -10..10_i64,
        1 => select(&[-40 * DAY, -30 * DAY, -30 * DAY - 1, -DAY, DAY]),
    ];
    weighted(0.3, offset)
}

fn relate() -> impl Strategy<Value = Relate> {
    prop_oneof![
        3 => (object(), changes())
            .prop_map(|(object, attributes)| Relate::Add { object, attributes }),
        1 => object().prop_map(Relate::Delete),
    ]
}

fn relate_person() -> impl Strategy<Value = RelatePerson> {
    prop_oneof![
        3 => (subject(), changes())
            .prop_map(|(person, attributes)| RelatePerson::Add { person, attributes }),
        1 => subject().prop_map(RelatePerson::Delete),
    ]
}

fn identify() -> impl Strategy<Value = Identify> {
    let person = prop_oneof![
        9 => identifier().prop_map(Subject::Person),
        1 => text(&VISITORS).prop_map(Subject::Visitor),
    ];
    (
        person,
        (weighted(0.3, text(&IDS)), weighted(0.3, text(&EMAILS))),
        weighted(0.5, text(&["v", "vv", "w", ""])),
        changes(),
        timestamp(),
        proptest::bool::weighted(0.2),
        prop_oneof![3 => Just(Vec::new()), 1 => vec(relate(), 1..3)],
    )
        .prop_map(
            |(person, (id, email), anonymous_id, attributes, timestamp, update_only, related)| {
                Identify {
                    person,
                    id,
                    email,
                    anonymous_id,
                    attributes,
                    timestamp,
                    update_only,
                    relationships: related,
                }
            },
        )
}

fn event() -> impl Strategy<Value = Event> {
    let kind = select(&[EventKind::Event, EventKind::Page, EventKind::Screen]);
    let id = weighted(0.4, text(&["i", "j", "k"]));
    let numbered = (0..9_u8).prop_map(|n| format!("{{\"n\":{n}}}"));
    let data = of(prop_oneof![Just("{}".to_owned()), numbered]);
    (kind, text(&["e", "f", "g", "h"]), id, timestamp(), data).prop_map(
        |(kind, name, id, timestamp, data)| Event {
            kind,
            name,
            id,
            timestamp,
            data,
        },
    )
}

fn device() -> impl Strategy<Value = DeviceUpdate> {
    (text(&["s", "t"]), text(&["ios", "android"]), timestamp()).prop_map(
        |(token, platform, last_used)| DeviceUpdate {
            token,
            platform,
            last_used,
            attributes: [].into(),
        },
    )
}

fn segment() -> impl Strategy<Value = SegmentId> {
    (0..4_u32).prop_map(SegmentId)
}

fn report() -> impl Strategy<Value = Operation> {
    let metric = text(&["opened", "clicked", "bounced", "dropped"]);
    let reason = of(text(&["full", "gone"]));
    let href = of(text(&["https://a.example", "https://c.example"]));
    (text(&DELIVERIES), metric, timestamp(), reason, href).prop_map(
        |(delivery_id, metric, timestamp, reason, href)| {
            Operation::Report(Report {
                delivery_id,
                metric,
                timestamp,
                recipient: None,
                reason,
                href,
            })
        },
    )
}

fn look() -> impl Strategy<Value = Operation> {
    let href = of(text(&["https://a.example", "https://b.example"]));
    (text(&DELIVERIES), href, any::<bool>()).prop_map(|(delivery_id, href, is_machine)| {
        let reader = Reader {
            is_machine,
            is_proxy: false,
        };
        Operation::Look(Look {
            delivery_id,
            href,
            reader,
        })
    })
}

fn deliver() -> impl Strategy<Value = Operation> {
    (weighted(0.9, identifier()), proptest::bool::weighted(0.2)).prop_map(|(person, draft)| {
        let content = EmailContent {
            to: "to@x.io".to_owned(),
            ..EmailContent::default()
        };
        Operation::Deliver(Box::new(NewDelivery {
            person,
            draft,
            // A sequence numbers them.
            ..NewDelivery::new("", content)
        }))
    })
}

pub(super) fn operation() -> impl Strategy<Value = Operation> {
    prop_oneof![
        10 => identify().prop_map(Operation::Identify),
        2 => identifier().prop_map(Operation::Delete),
        1 => identifier().prop_map(Operation::Suppress),
        1 => identifier().prop_map(Operation::Unsuppress),
        3 => (identifier(), identifier())
            .prop_map(|(primary, secondary)| Operation::Merge { primary, secondary }),
        4 => (identifier(), event()).prop_map(|(person, event)| Operation::Track { person, event }),
        7 => (weighted(0.9, text(&VISITORS)), event()).prop_map(|(anonymous_id, event)| {
            Operation::TrackAnonymous { anonymous_id, event }
        }),
        2 => (identifier(), device())
            .prop_map(|(person, device)| Operation::PutDevice { person, device }),
        1 => (identifier(), text(&["s", "t"]))
            .prop_map(|(person, token)| Operation::DeleteDevice { person, token }),
        1 => (identifier(), text(&["s", "t"]), any::<bool>()).prop_map(|(person, token, taken)| {
            let status = if taken { DeviceStatus::Sent } else { DeviceStatus::Bounced };
            Operation::NoteDevice { person, token, status }
        }),
        2 => (identifier(), vec(relate(), 0..3)).prop_map(|(person, relationships)| {
            Operation::Relate { person, relationships }
        }),
        2 => (object(), changes(), timestamp(), vec(relate_person(), 0..3)).prop_map(
            |(object, attributes, timestamp, people)| Operation::IdentifyObject(IdentifyObject {
                object,
                attributes,
                timestamp,
                people,
            })
        ),
        2 => (object(), vec(relate_person(), 0..3))
            .prop_map(|(object, people)| Operation::RelateObject { object, people }),
        1 => object().prop_map(Operation::DeleteObject),
        3 => (segment(), vec(identifier(), 0..4), proptest::bool::weighted(0.7)).prop_map(
            |(segment, people, member)| Operation::SetMembers { segment, people, member }
        ),
        2 => report(),
        2 => look(),
        1 => (text(&DELIVERIES), any::<bool>()).prop_map(|(delivery_id, unsubscribed)| {
            Operation::Unsubscribe { delivery_id, unsubscribed }
        }),
        1 => (text(&["f", "ff"]), of(identify()))
            .prop_map(|(form_id, identify)| Operation::SubmitForm { form_id, identify }),
        1 => Just(Operation::Refused {
            kind: ActivityKind::FAILED_EVENT,
            reason: "it has no name".to_owned(),
        }),
        2 => deliver(),
        1 => text(&DELIVERIES).prop_map(|delivery_id| Operation::ReleaseDraft { delivery_id }),
    ]
}

/// Makes the times of an operation absolute.
pub(super) fn received(now: UnixSeconds, operation: &mut Operation) {
    let time = match operation {
        Operation::Identify(identify) => &mut identify.timestamp,
        Operation::SubmitForm {
            identify: Some(identify),
            ..
        } => &mut identify.timestamp,
        Operation::Track { event, .. } | Operation::TrackAnonymous { event, .. } => {
            &mut event.timestamp
        }
        Operation::PutDevice { device, .. } => &mut device.last_used,
        Operation::IdentifyObject(identify) => &mut identify.timestamp,
        Operation::Report(report) => &mut report.timestamp,
        _ => return,
    };
    if let Some(offset) = time {
        *offset += now;
    }
}
