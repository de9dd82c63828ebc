//! The Track API, v1 and v2.

use super::operations;

operations! { Track:
    REGION: Reads, Track, "GET /api/v1/accounts/region", "getRegion", "TrackClient::region", r#"{"region":"us"}"#;
    IDENTIFY: Overwrites, Track, "PUT /api/v1/customers/{identifier}", "identify", "TrackClient::identify", "{}";
    DESTROY: Overwrites, Track, "DELETE /api/v1/customers/{identifier}", "delete", "TrackClient::destroy", "{}";
    ADD_DEVICE: Overwrites, Track, "PUT /api/v1/customers/{identifier}/devices", "add_device", "TrackClient::add_device", "{}";
    DELETE_DEVICE: Overwrites, Track, "DELETE /api/v1/customers/{identifier}/devices/{device_id}", "delete_device", "TrackClient::delete_device", "{}";
    SUPPRESS: Overwrites, Track, "POST /api/v1/customers/{identifier}/suppress", "suppress", "TrackClient::suppress", "{}";
    UNSUPPRESS: Overwrites, Track, "POST /api/v1/customers/{identifier}/unsuppress", "unsuppress", "TrackClient::unsuppress", "{}";
    UNSUBSCRIBE: Overwrites, Track, "POST /unsubscribe/{delivery_id}", "unsubscribe", "TrackClient::unsubscribe", "{}";
    TRACK: Identified, Track, "POST /api/v1/customers/{identifier}/events", "track", "TrackClient::track", "{}";
    TRACK_ANONYMOUS: Identified, Track, "POST /api/v1/events", "trackAnonymous", "TrackClient::track_anonymous", "{}";
    SUBMIT_FORM: SendsAgain, Track, "POST /api/v1/forms/{form_id}/submit", "submitForm", "TrackClient::submit_form", "";
    MERGE: Overwrites, Track, "POST /api/v1/merge_customers", "merge", "TrackClient::merge_customers", "{}";
    REPORT_METRIC: Overwrites, Track, "POST /api/v1/metrics", "metrics", "TrackClient::report_metric", "{}";
    REPORT_PUSH_EVENT: Overwrites, Track, "POST /api/v1/push/events", "pushMetrics", "TrackClient::report_push_event", "{}";
    ADD_TO_SEGMENT: Overwrites, Track, "POST /api/v1/segments/{segment_id}/add_customers", "add_to_segment", "TrackClient::add_to_segment", "{}";
    REMOVE_FROM_SEGMENT: Overwrites, Track, "POST /api/v1/segments/{segment_id}/remove_customers", "remove_from_segment", "TrackClient::remove_from_segment", "{}";
    ENTITY: Identified, Track, "POST /api/v2/entity", "entity", "TrackClient::entity", "{}";
    BATCH: Identified, Track, "POST /api/v2/batch", "batch", "TrackClient::batch", "{}";
}
