//! Newsletters, their languages and test groups.

use customerio::app::{CreateNewsletter, NewsletterSchedule, Period, SendingRate, UpdateContent};
use customerio::{ApiClient, Filter};
use serde_json::{Value, json};

use super::Case;

pub(super) fn cases(api: &ApiClient) -> Vec<Case<'_>> {
    let email = || CreateNewsletter::email("October", Filter::segment(7), "News", "<p>Hi</p>");
    let spanish = || UpdateContent::new().subject("Hola").body("<p>Hola</p>");
    cases! {
        api.newsletters().list().newest_first().limit(20) => "GET /v1/newsletters?sort=desc&limit=20";
        api.newsletters().list().oldest_first() => "GET /v1/newsletters?sort=asc";
        api.newsletters().create(&email()) => "POST /v1/newsletters", {
            "name": "October", "type": "email", "recipients": { "segment": { "id": 7 } },
            "subject": "News", "body": "<p>Hi</p>",
        };
        api.newsletters().create(
            &email().from_id(1).subscription_topic(5).scheduled_at(1_790_000_000).rate(SendingRate::per_hour(500).spread())
        ) => "POST /v1/newsletters", {
            "name": "October", "type": "email", "recipients": { "segment": { "id": 7 } },
            "subject": "News", "body": "<p>Hi</p>", "from_id": 1, "subscription_topic_id": 5,
            "scheduled_at": 1_790_000_000, "rate_limit_email_rate": 500, "rate_limit_time_period": 3600,
            "rate_limit_spread": true,
        };
        api.newsletters().create(
            &CreateNewsletter::new("inbox", "n", Filter::segment(7)).set("body_json", json!("{}")).send_now()
        ) => "POST /v1/newsletters", {
            "name": "n", "type": "inbox", "recipients": { "segment": { "id": 7 } }, "body_json": "{}", "send_now": true,
        };
        api.newsletters().get(10) => "GET /v1/newsletters/10";
        api.newsletters().delete(10) => "DELETE /v1/newsletters/10";
        api.newsletters().send(10, None) => "POST /v1/newsletters/10/send", {};
        api.newsletters().send(10, Some(SendingRate::per_day(1000))) => "POST /v1/newsletters/10/send", {
            "rate_limit_email_rate": 1000, "rate_limit_time_period": 86_400,
        };
        api.newsletters().schedule(10,
            &NewsletterSchedule::at(1_790_000_000, "Europe/Lisbon").in_own_time_zones().rate(SendingRate::per_minute(9))
        ) => "POST /v1/newsletters/10/schedule", {
            "scheduled_at": 1_790_000_000, "timezone": "Europe/Lisbon", "tz_match_enabled": true,
            "rate_limit_email_rate": 9, "rate_limit_time_period": 60,
        };
        api.newsletters().schedule(10, &NewsletterSchedule::unscheduled())
            => "POST /v1/newsletters/10/schedule", { "scheduled_at": 0 };
        api.newsletters().messages(10).channel("inbox").since(1_790_000_000)
            => "GET /v1/newsletters/10/messages?type=inbox&start_ts=1790000000";
        api.newsletters().metrics(10, Period::Days, 7) => "GET /v1/newsletters/10/metrics?period=days&steps=7";
        api.newsletters().links(10, Period::Days, 7, true)
            => "GET /v1/newsletters/10/metrics/links?period=days&steps=7&unique=true";
        api.newsletters().contents(10) => "GET /v1/newsletters/10/contents";
        api.newsletters().content(10, 45) => "GET /v1/newsletters/10/contents/45";
        api.newsletters().update_content(10, 45, &UpdateContent::new().header("X-A", "b"))
            => "PUT /v1/newsletters/10/contents/45", { "headers": [{ "name": "X-A", "value": "b" }] };
        api.newsletters().content_metrics(10, 45, Period::Days, 7)
            => "GET /v1/newsletters/10/contents/45/metrics?period=days&steps=7";
        api.newsletters().content_links(10, 45, Period::Days, 7, false)
            => "GET /v1/newsletters/10/contents/45/metrics/links?period=days&steps=7&unique=false";
        api.newsletters().create_language(10, "es", &spanish()) => "POST /v1/newsletters/10/language", {
            "language": "es", "subject": "Hola", "body": "<p>Hola</p>",
        };
        api.newsletters().language(10, "es") => "GET /v1/newsletters/10/language/es";
        api.newsletters().update_language(10, "es", &spanish()) => "PUT /v1/newsletters/10/language/es", {
            "subject": "Hola", "body": "<p>Hola</p>",
        };
        api.newsletters().delete_language(10, "es") => "DELETE /v1/newsletters/10/language/es";
        api.newsletters().test_groups(10) => "GET /v1/newsletters/10/test_groups";
        api.newsletters().create_test_group(10) => "POST /v1/newsletters/10/test_groups";
        api.newsletters().create_test_group_language(10, 2, "es", &spanish())
            => "POST /v1/newsletters/10/test_group/2/language", {
                "language": "es", "subject": "Hola", "body": "<p>Hola</p>",
            };
        api.newsletters().test_group_language(10, 2, "es") => "GET /v1/newsletters/10/test_group/2/language/es";
        api.newsletters().update_test_group_language(10, 2, "es", &UpdateContent::new().body("Hola"))
            => "PUT /v1/newsletters/10/test_group/2/language/es", { "body": "Hola" };
        api.newsletters().delete_test_group_language(10, 2, "es")
            => "DELETE /v1/newsletters/10/test_group/2/language/es";
    }
}
