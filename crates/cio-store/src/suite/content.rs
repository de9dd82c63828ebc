//! Lists of changes to content, and snippets.

use cio_domain::content::snippet::{NewSnippet, Snippet, SnippetChange};
use cio_domain::content::{ContentChange, ContentOutcome, Refusal, Refused};
use cio_domain::limits::{SNIPPET_CHARS_MAX, SNIPPETS_BYTES_MAX};

use super::given::{AT, Given, given};
use crate::Store;

impl Given<'_> {
    /// Makes changes and says what became of them.
    pub(super) async fn try_change(
        &self,
        changes: Vec<ContentChange>,
    ) -> Result<Vec<ContentOutcome>, Refused> {
        let count = changes.len();
        let changed = self.store.change_content(self.workspace, AT, changes).await;
        let changed = changed.expect("content can be changed");
        if let Ok(outcomes) = &changed {
            assert_eq!(outcomes.len(), count, "one outcome per change");
        }
        changed
    }

    /// Makes a change that must not be refused.
    pub(super) async fn change(&self, change: ContentChange) -> ContentOutcome {
        let outcomes = self.try_change(vec![change]).await;
        outcomes.expect("the change is made").remove(0)
    }

    /// Makes a change that must be refused.
    pub(super) async fn refused(&self, change: ContentChange) -> Refusal {
        let refused = self.try_change(vec![change]).await;
        let refused = refused.expect_err("the change is refused");
        assert_eq!(refused.position, 0);
        refused.reason
    }

    async fn snippets(&self) -> Vec<(String, String)> {
        let snippets = self.store.snippets(self.workspace).await;
        let snippets = snippets.expect("snippets can be listed").into_iter();
        snippets
            .map(|it| (it.details.name, it.details.value))
            .collect()
    }
}

fn new(name: &str, value: &str) -> NewSnippet {
    NewSnippet::new(name, value).expect("a snippet")
}

fn create(name: &str, value: &str) -> ContentChange {
    ContentChange::Snippet(SnippetChange::Create(new(name, value)))
}

fn put(name: &str, value: &str) -> ContentChange {
    ContentChange::Snippet(SnippetChange::Put(new(name, value)))
}

fn delete(name: &str) -> ContentChange {
    ContentChange::Snippet(SnippetChange::Delete(name.to_owned()))
}

fn pairs(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

/// Where one of a list is refused, what came before it in the list is not made, and what
/// other calls made stays.
pub(super) async fn a_list_is_made_whole_or_not_at_all(store: &dyn Store) {
    let given = given(store).await;
    given.change(put("kept", "1")).await;
    let list = vec![put("new", "1"), delete("kept"), delete("nothing")];
    let refused = given.try_change(list).await;
    let expected = Refused {
        position: 2,
        reason: Refusal::NotFound,
    };
    assert_eq!(refused, Err(expected));
    assert_eq!(given.snippets().await, pairs(&[("kept", "1")]));
    // Each change sees those before it.
    let list = vec![create("new", "1"), put("new", "2"), delete("kept")];
    let outcomes = given.try_change(list).await.expect("the list is made");
    let snippet = |value: &str| {
        ContentOutcome::Snippet(Snippet {
            details: new("new", value),
            updated_at: AT,
        })
    };
    assert_eq!(outcomes, [snippet("1"), snippet("2"), ContentOutcome::Done]);
    assert_eq!(given.snippets().await, pairs(&[("new", "2")]));
    assert_eq!(given.try_change(Vec::new()).await, Ok(Vec::new()));
}

/// A snippet is known by its name alone, in its workspace.
pub(super) async fn snippets_are_kept_by_name(store: &dyn Store) {
    let given = given(store).await;
    given.change(create("footer", "one")).await;
    given.change(put("Footer", "two")).await;
    let both = pairs(&[("Footer", "two"), ("footer", "one")]);
    assert_eq!(given.snippets().await, both);
    let taken = given.refused(create("footer", "three")).await;
    assert_eq!(taken, Refusal::NameTaken { what: "snippet" });
    assert_eq!(given.snippets().await, both);
    let other = given.another().await;
    assert_eq!(other.refused(delete("footer")).await, Refusal::NotFound);
    other.change(create("footer", "elsewhere")).await;
    given.change(delete("footer")).await;
    assert_eq!(given.refused(delete("footer")).await, Refusal::NotFound);
    assert_eq!(given.snippets().await, pairs(&[("Footer", "two")]));
    assert_eq!(other.snippets().await, pairs(&[("footer", "elsewhere")]));
    given.change(create("footer", "again")).await;
}

/// All snippets of a workspace together have a largest size; what is replaced or removed
/// makes room.
pub(super) async fn snippets_are_bounded_together(store: &dyn Store) {
    let given = given(store).await;
    let text = "x".repeat(SNIPPET_CHARS_MAX);
    let fitting = SNIPPETS_BYTES_MAX / (SNIPPET_CHARS_MAX as u64 + 3);
    let all = (0..fitting).map(|n| put(&format!("{n:03}"), &text));
    let made = given.try_change(all.collect()).await;
    made.expect("they fit");
    let too_large = Refusal::TooLarge {
        what: "snippets",
        bytes_max: SNIPPETS_BYTES_MAX,
    };
    assert_eq!(given.refused(put("one more", &text)).await, too_large);
    given.change(put("000", &text)).await;
    given.change(delete("001")).await;
    given.change(put("two", &text[3..])).await;
    assert_eq!(given.refused(put("001", &text)).await, too_large);
    assert_eq!(given.snippets().await.len() as u64, fitting);
}
