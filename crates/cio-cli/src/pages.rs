//! Lists of the App API as the service writes them, page after page.

use customerio::{ApiClient, PageRequest, Request};
use serde_json::Value;

use crate::context::Context;
use crate::exit::Failure;

/// How a list is shown.
pub(crate) struct Listing {
    /// Name of the list in the answer.
    pub(crate) field: &'static str,
    /// Largest page the service gives.
    pub(crate) page_max: u32,
    pub(crate) heading: &'static [&'static str],
    pub(crate) row: fn(&Value) -> Vec<String>,
    /// What is said of an empty list.
    pub(crate) empty: &'static str,
}

/// Where a page begins, and how much it holds at most.
pub(crate) struct Place {
    start: Option<String>,
    size: u32,
}

impl Place {
    /// The page of a list that is here, as it was written.
    pub(crate) fn of<T: Send + 'static>(&self, list: PageRequest<T>) -> Request<Value> {
        let list = list.limit(self.size);
        let list = match &self.start {
            Some(start) => list.start(start),
            None => list,
        };
        list.request().json()
    }
}

impl Listing {
    /// Shows a list, up to a limit, and says if there is more.
    pub(crate) async fn print(
        &self,
        context: &Context,
        limit: Option<u64>,
        page: impl Fn(&ApiClient, &Place) -> Request<Value>,
    ) -> Result<(), Failure> {
        self.print_those(context, limit, page, |_| true).await
    }

    /// The same of those that are wanted.
    pub(crate) async fn print_those(
        &self,
        context: &Context,
        limit: Option<u64>,
        page: impl Fn(&ApiClient, &Place) -> Request<Value>,
        wanted: impl Fn(&Value) -> bool,
    ) -> Result<(), Failure> {
        let api = context.app()?;
        let output = &context.output;
        let mut rows = output.rows(self.heading, self.row);
        let mut left = limit.unwrap_or(u64::MAX);
        let mut start: Option<String> = None;
        loop {
            let size = u32::try_from(left).map_or(self.page_max, |left| left.min(self.page_max));
            let place = Place {
                start: start.clone(),
                size,
            };
            let answer = page(&api, &place).await?;
            let found = answer[self.field].as_array().map_or(&[][..], Vec::as_slice);
            let items: Vec<&Value> = found.iter().filter(|item| wanted(item)).collect();
            let shown = items.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            let is_read = rows.add(&items[..shown]);
            left -= shown as u64;
            let next = cursor(&answer["next"]);
            if left == 0 && (shown < items.len() || next.is_some()) {
                output.note("There may be more: --limit says how many to show.");
            }
            if next.is_some() && next == start {
                return Err(Failure::unexpected(
                    "the list does not end: the service names the same page again",
                ));
            }
            start = next;
            if left == 0 || start.is_none() || !is_read {
                break;
            }
        }
        if rows.count() == 0 {
            output.note(self.empty);
        }
        Ok(())
    }
}

/// Where the next page starts. Some calls count, and end with 0.
fn cursor(next: &Value) -> Option<String> {
    match next {
        Value::String(cursor) if !cursor.is_empty() => Some(cursor.clone()),
        Value::Number(number) if number.as_u64() != Some(0) => Some(number.to_string()),
        _ => None,
    }
}
