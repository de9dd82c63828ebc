//! The Pipelines API.

use super::operations;

operations! { Pipelines:
    PIPELINES_IDENTIFY: Identified, Pipelines, "POST /v1/identify", "identify", "PipelinesClient::identify", "{}";
    PIPELINES_TRACK: Identified, Pipelines, "POST /v1/track", "track", "PipelinesClient::track", "{}";
    PIPELINES_PAGE: Identified, Pipelines, "POST /v1/page", "page", "PipelinesClient::page", "{}";
    PIPELINES_SCREEN: Identified, Pipelines, "POST /v1/screen", "screen", "PipelinesClient::screen", "{}";
    PIPELINES_GROUP: Identified, Pipelines, "POST /v1/group", "group", "PipelinesClient::group", "{}";
    PIPELINES_ALIAS: Identified, Pipelines, "POST /v1/alias", "alias", "PipelinesClient::alias", "{}";
    PIPELINES_BATCH: Identified, Pipelines, "POST /v1/batch", "batch", "PipelinesClient::batch", "{}";
}
