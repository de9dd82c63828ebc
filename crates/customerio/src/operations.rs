//! Every operation of the three APIs that this crate makes, as a table.
//!
//! A [`Request`](crate::Request) knows its [`Operation`], so the retry rules, the rate
//! limits, error messages, traces and recorded calls all speak of the same thing. The
//! documentation's tables are made from [`all`], and a test makes every call in it.

mod app;
mod pipelines;
mod track;

use std::fmt;

pub(crate) use app::*;
pub(crate) use pipelines::*;
pub(crate) use track::*;

/// The three APIs, which have different hosts and different credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Api {
    /// People, events and devices go in: site id and Track API key.
    Track,
    /// Messages go out and data is read: App API key.
    App,
    /// The same data as the Track API takes, in the vocabulary of a customer data
    /// platform: write key.
    Pipelines,
}

impl Api {
    /// `track`, `app` or `pipelines`: the name in traces.
    pub const fn as_str(self) -> &'static str {
        match self {
            Api::Track => "track",
            Api::App => "app",
            Api::Pipelines => "pipelines",
        }
    }
}

impl fmt::Display for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Api::Track => "Track API",
            Api::App => "App API",
            Api::Pipelines => "Pipelines API",
        })
    }
}

/// What a repeat of a request does that the service has already acted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Repeat {
    /// Nothing: it only reads.
    Reads,
    /// Nothing: it sets what it set before.
    Overwrites,
    /// Nothing: it carries an id, chosen before the first attempt, by which the service
    /// recognises it.
    Identified,
    /// A second message to a person, or a second submission of a form.
    SendsAgain,
    /// A second thing of its kind: a segment, an export, an import.
    CreatesAgain,
}

impl Repeat {
    /// Whether a repeat does harm.
    pub const fn is_harmless(self) -> bool {
        matches!(
            self,
            Repeat::Reads | Repeat::Overwrites | Repeat::Identified
        )
    }

    /// In words, to be read after "a repeat".
    pub const fn effect(self) -> &'static str {
        match self {
            Repeat::Reads => "only reads again",
            Repeat::Overwrites => "sets what is set already",
            Repeat::Identified => "carries the same id and is dropped by the service",
            Repeat::SendsAgain => "could reach people a second time",
            Repeat::CreatesAgain => "could create a second one",
        }
    }
}

/// Which of the service's documented rate limits an operation counts against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Quota {
    /// Track API v1 and v2 together: 1000 requests a second.
    Track,
    /// Pipelines API: 3000 requests in 3 seconds.
    Pipelines,
    /// App API, everything without a limit of its own: 10 requests a second.
    App,
    /// Transactional sends: 100 requests a second.
    Send,
    /// Triggers of broadcasts: 1 request in 10 seconds.
    Trigger,
}

/// One operation of an API.
#[derive(PartialEq, Eq, Hash)]
pub struct Operation {
    api: Api,
    line: &'static str,
    id: &'static str,
    method: &'static str,
    repeat: Repeat,
    quota: Quota,
    answer: &'static str,
}

impl Operation {
    /// The API it belongs to.
    pub const fn api(&self) -> Api {
        self.api
    }

    /// Method and path, as a template: `PUT /api/v1/customers/{identifier}`. Never holds
    /// a value, so it can be logged and counted by.
    pub const fn line(&self) -> &'static str {
        self.line
    }

    /// The HTTP method.
    pub fn http_method(&self) -> &'static str {
        self.line
            .split_once(' ')
            .map_or("GET", |(method, _)| method)
    }

    /// The path as a template: `/api/v1/customers/{identifier}`.
    pub fn path_template(&self) -> &'static str {
        self.line.split_once(' ').map_or("/", |(_, path)| path)
    }

    /// The name the service's own documentation gives it, `identify` for example.
    pub const fn id(&self) -> &'static str {
        self.id
    }

    /// The method of this crate that makes it: `TrackClient::identify`.
    pub const fn method(&self) -> &'static str {
        self.method
    }

    /// What a repeat does that the service has already acted on.
    pub const fn repeat(&self) -> Repeat {
        self.repeat
    }

    /// The rate limit it counts against.
    pub const fn quota(&self) -> Quota {
        self.quota
    }

    /// The smallest answer that is a success, for dry runs and tests.
    pub(crate) const fn smallest_answer(&self) -> &'static str {
        self.answer
    }

    /// The path with these values in its gaps, in order, each percent-encoded as one
    /// segment by the caller.
    pub(crate) fn path(&self, segments: &[&str]) -> String {
        let mut segments = segments.iter();
        let mut path = String::with_capacity(self.line.len() + 32);
        let mut rest = self.path_template();
        while let Some((before, after)) = rest.split_once('{') {
            path.push_str(before);
            let segment = segments.next();
            debug_assert!(segment.is_some(), "{} lacks a segment", self.line);
            path.push_str(segment.copied().unwrap_or_default());
            rest = after.split_once('}').map_or("", |(_, after)| after);
        }
        debug_assert!(segments.next().is_none(), "{} has fewer gaps", self.line);
        path.push_str(rest);
        path
    }
}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Operation({})", self.line)
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.line)
    }
}

/// `NAME: Repeat, Quota, "line", "id", "method", "smallest answer";`
macro_rules! operations {
    ($api:ident: $($name:ident: $repeat:ident, $quota:ident, $line:literal, $id:literal, $method:literal, $answer:literal;)*) => {
        $(
            pub(crate) static $name: crate::operations::Operation = crate::operations::Operation {
                api: crate::operations::Api::$api,
                line: $line,
                id: $id,
                method: $method,
                repeat: crate::operations::Repeat::$repeat,
                quota: crate::operations::Quota::$quota,
                answer: $answer,
            };
        )*
        pub(in crate::operations) static OF_THIS_API: &[&crate::operations::Operation] = &[$(&$name),*];
    };
}
use operations;

/// All operations: of the Track API, the Pipelines API and the App API, in this order.
pub fn all() -> impl Iterator<Item = &'static Operation> {
    [
        track::OF_THIS_API,
        pipelines::OF_THIS_API,
        app::OF_THIS_API,
        app::content::OF_THIS_API,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// A call of `raw`, whatever its path is. It is no operation of its own.
pub(crate) const fn of_ones_own(api: Api) -> &'static Operation {
    macro_rules! own {
        ($api:ident, $quota:ident, $method:literal) => {{
            static OWN: Operation = Operation {
                api: Api::$api,
                line: "a call of one's own",
                id: "",
                method: $method,
                repeat: Repeat::CreatesAgain,
                quota: Quota::$quota,
                answer: "{}",
            };
            &OWN
        }};
    }
    match api {
        Api::Track => own!(Track, Track, "TrackClient::raw"),
        Api::App => own!(App, App, "ApiClient::raw"),
        Api::Pipelines => own!(Pipelines, Pipelines, "PipelinesClient::raw"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_its_template_with_the_gaps_filled() {
        assert_eq!(IDENTIFY.path(&["a%2Fb"]), "/api/v1/customers/a%2Fb");
        assert_eq!(
            DELETE_DEVICE.path(&["42", "t"]),
            "/api/v1/customers/42/devices/t"
        );
        assert_eq!(REGION.path(&[]), "/api/v1/accounts/region");
    }

    #[test]
    fn lines_and_methods_are_unique_and_answers_are_json() {
        let mut lines = std::collections::BTreeSet::new();
        let mut methods = std::collections::BTreeSet::new();
        for operation in all() {
            assert!(lines.insert((operation.api().as_str(), operation.line())));
            assert!(methods.insert(operation.method()), "{operation:?}");
            let answer = operation.smallest_answer();
            assert!(
                answer.is_empty() || serde_json::from_str::<serde_json::Value>(answer).is_ok(),
                "{operation:?}"
            );
        }
    }

    #[test]
    fn what_reads_is_get_or_one_of_the_four_that_search_with_a_body() {
        for operation in all() {
            let reads = operation.repeat() == Repeat::Reads;
            let is_get = operation.http_method() == "GET";
            let searches = [&PEOPLE_BY_FILTER, &PEOPLE_BY_IDS, &OBJECTS_BY_FILTER];
            assert_eq!(
                reads,
                is_get || searches.contains(&operation),
                "{operation:?}"
            );
        }
    }
}
