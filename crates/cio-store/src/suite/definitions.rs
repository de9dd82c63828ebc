//! Lists of changes that bring a whole workspace to a described state.

use cio_domain::condition::Condition;
use cio_domain::content::esp::{EspChange, SuppressionKind};
use cio_domain::content::snippet::{NewSnippet, SnippetChange};
use cio_domain::content::{ContentChange, Refusal, Refused, Revision};
use cio_domain::segment::{NewSegment, Segment, SegmentChange, SegmentId, SegmentRefusal};

use super::given::{AT, Given, given};
use crate::Store;

impl Given<'_> {
    async fn revision(&self) -> Revision {
        let revision = self.store.definitions_revision(self.workspace).await;
        revision.expect("the revision can be read")
    }

    async fn all_segments(&self) -> Vec<Segment> {
        let segments = self.store.segments(self.workspace).await;
        segments.expect("segments can be listed")
    }

    async fn name(&self) -> String {
        let workspaces = self.store.workspaces().await;
        let mut workspaces = workspaces.expect("workspaces can be listed");
        workspaces.remove(0).details.name
    }
}

/// A segment that asks for another, or a manual one.
fn segment(name: &str, asked: Option<&str>) -> ContentChange {
    let condition = asked.map(|name| Condition::Segment(name.to_owned()));
    ContentChange::Segment(SegmentChange::Put(NewSegment {
        name: name.to_owned(),
        description: String::new(),
        condition,
    }))
}

fn delete(name: &str) -> ContentChange {
    ContentChange::Segment(SegmentChange::Delete(name.to_owned()))
}

fn rename(name: &str) -> ContentChange {
    ContentChange::Rename(name.to_owned())
}

fn snippet(value: &str) -> ContentChange {
    let snippet = NewSnippet::new("footer", value).expect("a snippet");
    ContentChange::Snippet(SnippetChange::Put(snippet))
}

/// Also of segments and of the name, whichever call it is made by. Whom not to write to is
/// no definition.
pub(super) async fn every_change_of_a_definition_is_another_revision(store: &dyn Store) {
    let given = given(store).await;
    assert_eq!(given.revision().await, Revision(0));
    given.change(snippet("1")).await;
    let mut last = given.revision().await;
    assert!(last > Revision(0));
    let plain = |name: &str| NewSegment {
        name: name.to_owned(),
        description: String::new(),
        condition: None,
    };
    let (workspace, one) = (given.workspace, SegmentId(1));
    for step in 0..5 {
        match step {
            0 => drop(
                store
                    .create_segment(workspace, AT, plain("a"))
                    .await
                    .unwrap(),
            ),
            1 => drop(
                store
                    .change_segment(workspace, AT, one, plain("b"))
                    .await
                    .unwrap(),
            ),
            2 => drop(store.delete_segment(workspace, one).await.unwrap()),
            3 => drop(
                store
                    .rename_workspace(workspace, "c".to_owned())
                    .await
                    .unwrap(),
            ),
            _ => drop(given.change(rename("d")).await),
        }
        let revision = given.revision().await;
        assert!(revision > last, "step {step}");
        last = revision;
    }
    let unknown = store.change_segment(workspace, AT, one, plain("b")).await;
    assert_eq!(unknown.unwrap(), Err(SegmentRefusal::Unknown));
    let lifted = EspChange::Remove {
        kind: SuppressionKind::Bounces,
        email: "a@x.io".to_owned(),
    };
    given.change(ContentChange::Esp(lifted)).await;
    assert_eq!(given.revision().await, last);
}

/// Two that read the same state cannot both change it.
pub(super) async fn a_list_is_refused_if_the_workspace_changed(store: &dyn Store) {
    let given = given(store).await;
    let read = given.revision().await;
    let list = |value: &str| vec![ContentChange::Expect(read), snippet(value)];
    given
        .try_change(list("first"))
        .await
        .expect("nothing changed");
    let refused = given.try_change(list("second")).await.unwrap_err();
    let expected = Refused {
        position: 0,
        reason: Refusal::Changed,
    };
    assert_eq!(refused, expected);
    let snippets = store.snippets(given.workspace).await.unwrap();
    assert_eq!(snippets[0].details.value, "first");
}

/// By name, and where they are created in the same list.
pub(super) async fn segments_of_a_list_may_ask_for_each_other(store: &dyn Store) {
    let given = given(store).await;
    let list = vec![
        segment("base", None),
        segment("above", Some("base")),
        segment("top", Some("above")),
        rename("renamed"),
    ];
    given
        .try_change(list)
        .await
        .expect("nothing speaks against it");
    let segments = given.all_segments().await;
    let conditions: Vec<_> = segments
        .iter()
        .map(|it| it.details.condition.clone())
        .collect();
    let asks = |id: u32| Some(Condition::Segment(SegmentId(id)));
    assert_eq!(conditions, [None, asks(1), asks(2)]);
    assert_eq!(given.name().await, "renamed");

    let turned = vec![
        segment("top", Some("base")),
        segment("above", Some("top")),
        delete("above"),
        segment("above", Some("top")),
    ];
    given.try_change(turned).await.expect("it is in order");
    let segments = given.all_segments().await;
    let found: Vec<(u32, &str)> = segments
        .iter()
        .map(|it| (it.id.0, it.details.name.as_str()))
        .collect();
    assert_eq!(found, [(1, "base"), (3, "top"), (4, "above")]);

    for (list, position, reason) in [
        (
            vec![segment("new", None), segment("x", Some("nobody"))],
            1,
            Refusal::NoSegment {
                name: "nobody".to_owned(),
            },
        ),
        (
            vec![rename("never"), segment("top", Some("above"))],
            1,
            Refusal::Segment(SegmentRefusal::Circular),
        ),
        (
            vec![segment("base", Some("top"))],
            0,
            Refusal::Segment(SegmentRefusal::OtherKind),
        ),
        (
            vec![delete("above"), delete("base")],
            1,
            Refusal::Segment(SegmentRefusal::UsedBy(SegmentId(3))),
        ),
        (
            vec![delete("gone")],
            0,
            Refusal::NoSegment {
                name: "gone".to_owned(),
            },
        ),
    ] {
        let refused = given.try_change(list).await.unwrap_err();
        assert_eq!(refused, Refused { position, reason });
        assert_eq!(
            given.all_segments().await,
            segments,
            "nothing of it is made"
        );
        assert_eq!(given.name().await, "renamed");
    }
}

/// Other calls may create segments of one name; a list does not choose between them.
pub(super) async fn a_segment_s_name_must_be_one_s_own(store: &dyn Store) {
    let given = given(store).await;
    for _ in 0..2 {
        let plain = NewSegment {
            name: "twin".to_owned(),
            description: String::new(),
            condition: None,
        };
        let created = store.create_segment(given.workspace, AT, plain).await;
        created.unwrap().expect("names need not be one's own");
    }
    let alike = Refusal::SegmentsAlike {
        name: "twin".to_owned(),
        ids: vec![SegmentId(1), SegmentId(2)],
    };
    for change in [
        segment("twin", None),
        segment("x", Some("twin")),
        delete("twin"),
    ] {
        assert_eq!(given.refused(change).await, alike);
    }
}

/// It is answered as if it were made, and nothing can be read of it.
pub(super) async fn what_is_tried_is_not_made(store: &dyn Store) {
    let given = given(store).await;
    given.change(segment("base", None)).await;
    let (revision, before) = (given.revision().await, given.all_segments().await);
    let list = || {
        vec![
            ContentChange::Expect(revision),
            rename("other"),
            segment("above", Some("base")),
            segment("base", None),
            snippet("x"),
        ]
    };
    let tried = |list| store.try_content(given.workspace, AT, list);
    assert_eq!(tried(list()).await.unwrap(), Ok(()));
    let refused = tried(vec![snippet("x"), delete("nobody")]).await.unwrap();
    assert_eq!(refused.unwrap_err().position, 1);
    assert_eq!(given.revision().await, revision);
    assert_eq!(given.all_segments().await, before);
    assert!(store.snippets(given.workspace).await.unwrap().is_empty());
    assert_eq!(given.name().await, "one");
    given
        .try_change(list())
        .await
        .expect("it can still be made");
    assert_eq!(given.all_segments().await.len(), 2);
}
