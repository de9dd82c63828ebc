//! The App API: messages to people, and what the workspace knows. What messages are made
//! of is in [`content`].

pub(super) mod content;

pub(crate) use content::*;

use super::operations;

operations! { App:
    SEND_EMAIL: SendsAgain, Send, "POST /v1/send/email", "sendEmail", "ApiClient::send_email", r#"{"delivery_id":"dry-run","queued_at":0}"#;
    SEND_PUSH: SendsAgain, Send, "POST /v1/send/push", "sendPush", "ApiClient::send_push", r#"{"delivery_id":"dry-run","queued_at":0}"#;
    SEND_SMS: SendsAgain, Send, "POST /v1/send/sms", "sendSMS", "ApiClient::send_sms", r#"{"delivery_id":"dry-run","queued_at":0}"#;
    SEND_WHATSAPP: SendsAgain, Send, "POST /v1/send/whatsapp", "sendWhatsApp", "ApiClient::send_whatsapp", r#"{"delivery_id":"dry-run","queued_at":0}"#;
    SEND_IN_APP: SendsAgain, Send, "POST /v1/send/in_app", "sendInApp", "ApiClient::send_in_app", r#"{"delivery_id":"dry-run","queued_at":0}"#;
    SEND_INBOX_MESSAGE: SendsAgain, Send, "POST /v1/send/inbox_message", "sendInboxMessage", "ApiClient::send_inbox_message", r#"{"delivery_id":"dry-run","queued_at":0}"#;

    TRIGGER_BROADCAST: SendsAgain, Trigger, "POST /v1/campaigns/{broadcast_id}/triggers", "triggerBroadcast", "ApiClient::trigger_broadcast", r#"{"id":0}"#;
    BROADCAST_STATUS: Reads, App, "GET /v1/campaigns/{broadcast_id}/triggers/{trigger_id}", "broadcastStatus", "ApiClient::broadcasts().status", r#"{"id":0,"broadcast_id":0}"#;
    BROADCAST_ERRORS: Reads, App, "GET /v1/campaigns/{broadcast_id}/triggers/{trigger_id}/errors", "broadcastErrors", "ApiClient::broadcasts().errors", r#"{"errors":[],"next":0}"#;

    PEOPLE_BY_EMAIL: Reads, App, "GET /v1/customers", "getPeopleEmail", "ApiClient::customers().by_email", r#"{"results":[]}"#;
    PEOPLE_BY_FILTER: Reads, App, "POST /v1/customers", "getPeopleFilter", "ApiClient::customers().search", r#"{"identifiers":[],"ids":[],"next":""}"#;
    PEOPLE_BY_IDS: Reads, App, "POST /v1/customers/attributes", "getPeopleById", "ApiClient::customers().by_ids", r#"{"customers":[]}"#;
    PERSON_ATTRIBUTES: Reads, App, "GET /v1/customers/{customer_id}/attributes", "getPersonAttributes", "ApiClient::customers().attributes", r#"{"customer":{"id":"","attributes":{}}}"#;
    PERSON_SEGMENTS: Reads, App, "GET /v1/customers/{customer_id}/segments", "getPersonSegments", "ApiClient::customers().segments", r#"{"segments":[]}"#;
    PERSON_MESSAGES: Reads, App, "GET /v1/customers/{customer_id}/messages", "getPersonMessages", "ApiClient::customers().messages", r#"{"messages":[]}"#;
    PERSON_ACTIVITIES: Reads, App, "GET /v1/customers/{customer_id}/activities", "getPersonActivities", "ApiClient::customers().activities", r#"{"activities":[]}"#;
    PERSON_RELATIONSHIPS: Reads, App, "GET /v1/customers/{customer_id}/relationships", "getPersonRelationships", "ApiClient::customers().relationships", r#"{"cio_relationships":[]}"#;
    PERSON_SUBSCRIPTIONS: Reads, App, "GET /v1/customers/{customer_id}/subscription_preferences", "getPersonSubscriptionPreferences", "ApiClient::customers().subscription_preferences", r#"{"customer":{"id":"","topics":[]}}"#;
    PERSON_OPTOUTS: Reads, App, "GET /v1/customers/{customer_id}/optouts", "getPersonOptouts", "ApiClient::optouts().of_person", r#"{"optouts":[]}"#;
    UPDATE_OPTOUTS: Overwrites, App, "PUT /v1/customers/{customer_id}/optouts", "updatePersonOptouts", "ApiClient::optouts().update", "";
    LIST_OPTOUTS: Reads, App, "GET /v1/optouts", "getOptouts", "ApiClient::optouts().list", r#"{"optouts":[]}"#;

    CREATE_SEGMENT: CreatesAgain, App, "POST /v1/segments", "createManSegment", "ApiClient::segments().create", r#"{"segment":{"id":0}}"#;
    LIST_SEGMENTS: Reads, App, "GET /v1/segments", "listSegments", "ApiClient::segments().list", r#"{"segments":[]}"#;
    GET_SEGMENT: Reads, App, "GET /v1/segments/{segment_id}", "getSegment", "ApiClient::segments().get", r#"{"segment":{"id":0}}"#;
    DELETE_SEGMENT: Overwrites, App, "DELETE /v1/segments/{segment_id}", "deleteManSegment", "ApiClient::segments().delete", "";
    SEGMENT_USED_BY: Reads, App, "GET /v1/segments/{segment_id}/used_by", "getSegmentDependencies", "ApiClient::segments().used_by", r#"{"segment_id":0,"used_by":{}}"#;
    SEGMENT_COUNT: Reads, App, "GET /v1/segments/{segment_id}/customer_count", "getSegmentCount", "ApiClient::segments().customer_count", r#"{"segment_id":0,"count":0}"#;
    SEGMENT_MEMBERS: Reads, App, "GET /v1/segments/{segment_id}/membership", "getSegmentMembership", "ApiClient::segments().membership", r#"{"identifiers":[],"ids":[],"next":""}"#;

    LIST_MESSAGES: Reads, App, "GET /v1/messages", "listMessages", "ApiClient::messages().list", r#"{"messages":[]}"#;
    GET_MESSAGE: Reads, App, "GET /v1/messages/{message_id}", "getMessage", "ApiClient::messages().get", r#"{"message":{"id":""}}"#;
    ARCHIVED_MESSAGE: Reads, App, "GET /v1/messages/{message_id}/archived_message", "getArchivedMessage", "ApiClient::messages().archived", r#"{"archived_message":{"id":""}}"#;

    LIST_ACTIVITIES: Reads, App, "GET /v1/activities", "listActivities", "ApiClient::activities().list", r#"{"activities":[]}"#;

    LIST_EXPORTS: Reads, App, "GET /v1/exports", "listExports", "ApiClient::exports().list", r#"{"exports":null}"#;
    GET_EXPORT: Reads, App, "GET /v1/exports/{export_id}", "getExport", "ApiClient::exports().get", r#"{"export":{"id":0}}"#;
    DOWNLOAD_EXPORT: Reads, App, "GET /v1/exports/{export_id}/download", "downloadExport", "ApiClient::exports().download", r#"{"url":"https://example.invalid/export.csv"}"#;
    EXPORT_PEOPLE: CreatesAgain, App, "POST /v1/exports/customers", "exportPeopleData", "ApiClient::exports().customers", r#"{"export":{"id":0}}"#;
    EXPORT_DELIVERIES: CreatesAgain, App, "POST /v1/exports/deliveries", "exportDeliveriesData", "ApiClient::exports().deliveries", r#"{"export":{"id":0}}"#;

    LIST_TRANSACTIONAL: Reads, App, "GET /v1/transactional", "listTransactional", "ApiClient::transactional().list", r#"{"messages":[]}"#;
    GET_TRANSACTIONAL: Reads, App, "GET /v1/transactional/{transactional_id}", "getTransactional", "ApiClient::transactional().get", r#"{"message":{"id":0}}"#;
    TRANSACTIONAL_CONTENTS: Reads, App, "GET /v1/transactional/{transactional_id}/contents", "listTransactionalVariants", "ApiClient::transactional().contents", r#"{"contents":[]}"#;
    TRANSACTIONAL_CONTENT: Reads, App, "GET /v1/transactional/{transactional_id}/contents/{content_id}", "getTransactionalContent", "ApiClient::transactional().content", r#"{"content":{"id":0}}"#;
    TRANSACTIONAL_LANGUAGE: Reads, App, "GET /v1/transactional/{transactional_id}/language/{language}", "getTransactionalVariant", "ApiClient::transactional().language", r#"{"content":{"id":0}}"#;
    UPDATE_TRANSACTIONAL_CONTENT: Overwrites, App, "PUT /v1/transactional/{transactional_id}/content/{content_id}", "updateTransactional", "ApiClient::transactional().update_content", r#"{"content":{"id":0}}"#;
    UPDATE_TRANSACTIONAL_LANGUAGE: Overwrites, App, "PUT /v1/transactional/{transactional_id}/language/{language}", "updateTransactionalVariant", "ApiClient::transactional().update_language", r#"{"content":{"id":0}}"#;
    TRANSACTIONAL_METRICS: Reads, App, "GET /v1/transactional/{transactional_id}/metrics", "transactionalMetrics", "ApiClient::transactional().metrics", r#"{"metric":{"series":{}}}"#;
    TRANSACTIONAL_LINKS: Reads, App, "GET /v1/transactional/{transactional_id}/metrics/links", "transactionalLinks", "ApiClient::transactional().links", r#"{"links":[]}"#;
    TRANSACTIONAL_MESSAGES: Reads, App, "GET /v1/transactional/{transactional_id}/messages", "transactionalMessages", "ApiClient::transactional().messages", r#"{"messages":[]}"#;

    CREATE_WEBHOOK: CreatesAgain, App, "POST /v1/reporting_webhooks", "createWebhook", "ApiClient::reporting_webhooks().create", r#"{"id":0,"name":"","endpoint":"","events":[]}"#;
    LIST_WEBHOOKS: Reads, App, "GET /v1/reporting_webhooks", "listWebhooks", "ApiClient::reporting_webhooks().list", r#"{"reporting_webhooks":[]}"#;
    GET_WEBHOOK: Reads, App, "GET /v1/reporting_webhooks/{webhook_id}", "getWebhook", "ApiClient::reporting_webhooks().get", r#"{"id":0,"name":"","endpoint":"","events":[]}"#;
    UPDATE_WEBHOOK: Overwrites, App, "PUT /v1/reporting_webhooks/{webhook_id}", "updateWebhook", "ApiClient::reporting_webhooks().update", r#"{"id":0,"name":"","endpoint":"","events":[]}"#;
    DELETE_WEBHOOK: Overwrites, App, "DELETE /v1/reporting_webhooks/{webhook_id}", "deleteWebhook", "ApiClient::reporting_webhooks().delete", "";

    LIST_SENDERS: Reads, App, "GET /v1/sender_identities", "listSenders", "ApiClient::sender_identities().list", r#"{"sender_identities":[],"next":""}"#;
    GET_SENDER: Reads, App, "GET /v1/sender_identities/{sender_id}", "getSender", "ApiClient::sender_identities().get", r#"{"sender_identity":{"id":0}}"#;
    SENDER_USED_BY: Reads, App, "GET /v1/sender_identities/{sender_id}/used_by", "getSenderUsage", "ApiClient::sender_identities().used_by", "{}";

    LIST_SNIPPETS: Reads, App, "GET /v1/snippets", "listSnippets", "ApiClient::snippets().list", r#"{"snippets":[]}"#;
    CREATE_SNIPPET: CreatesAgain, App, "POST /v1/snippets", "createSnippet", "ApiClient::snippets().create", r#"{"snippet":{"name":"","value":""}}"#;
    PUT_SNIPPET: Overwrites, App, "PUT /v1/snippets", "updateSnippets", "ApiClient::snippets().put", r#"{"snippet":{"name":"","value":""}}"#;
    DELETE_SNIPPET: Overwrites, App, "DELETE /v1/snippets/{snippet_name}", "deleteSnippet", "ApiClient::snippets().delete", "";

    CREATE_COLLECTION: CreatesAgain, App, "POST /v1/collections", "addCollection", "ApiClient::collections().create", r#"{"collection":{"id":0}}"#;
    LIST_COLLECTIONS: Reads, App, "GET /v1/collections", "getCollections", "ApiClient::collections().list", r#"{"collections":[]}"#;
    GET_COLLECTION: Reads, App, "GET /v1/collections/{collection_id}", "getCollection", "ApiClient::collections().get", r#"{"collection":{"id":0}}"#;
    UPDATE_COLLECTION: Overwrites, App, "PUT /v1/collections/{collection_id}", "updateCollection", "ApiClient::collections().update", r#"{"collection":{"id":0}}"#;
    DELETE_COLLECTION: Overwrites, App, "DELETE /v1/collections/{collection_id}", "deleteCollection", "ApiClient::collections().delete", "";
    COLLECTION_CONTENT: Reads, App, "GET /v1/collections/{collection_id}/content", "getCollectionContents", "ApiClient::collections().content", "[]";
    REPLACE_COLLECTION_CONTENT: Overwrites, App, "PUT /v1/collections/{collection_id}/content", "updateCollectionContents", "ApiClient::collections().replace_content", r#"{"collection":{"id":0}}"#;

    SEARCH_SUPPRESSION: Reads, App, "GET /v1/esp/search_suppression/{email_address}", "getSuppression", "ApiClient::esp_suppressions().search", r#"{"suppressions":[]}"#;
    SUPPRESSIONS_BY_TYPE: Reads, App, "GET /v1/esp/suppression/{suppression_type}", "getSuppressionByType", "ApiClient::esp_suppressions().list", r#"{"suppressions":null}"#;
    DOMAIN_SUPPRESSIONS: Reads, App, "GET /v1/esp/domains/{domain_name}/suppression/{suppression_type}", "getDomainSuppressionsByType", "ApiClient::esp_suppressions().list_of_domain", r#"{"suppressions":null}"#;
    ADD_SUPPRESSION: Overwrites, App, "POST /v1/esp/suppression/{suppression_type}/{email_address}", "postSuppression", "ApiClient::esp_suppressions().add", "{}";
    DELETE_SUPPRESSION: Overwrites, App, "DELETE /v1/esp/suppression/{suppression_type}/{email_address}", "deleteSuppression", "ApiClient::esp_suppressions().delete", "";

    CREATE_IMPORT: CreatesAgain, App, "POST /v1/imports", "import", "ApiClient::imports().create", r#"{"import":{"id":0}}"#;
    GET_IMPORT: Reads, App, "GET /v1/imports/{import_id}", "getImport", "ApiClient::imports().get", r#"{"import":{"id":0}}"#;

    LIST_WORKSPACES: Reads, App, "GET /v1/workspaces", "listWorkspaces", "ApiClient::workspaces().list", r#"{"workspaces":[]}"#;
    IP_ADDRESSES: Reads, App, "GET /v1/info/ip_addresses", "getCioAllowlist", "ApiClient::ip_addresses", r#"{"ip_addresses":[]}"#;

    OBJECTS_BY_FILTER: Reads, App, "POST /v1/objects", "getObjectsFilter", "ApiClient::objects().search", r#"{"identifiers":[],"ids":[],"next":""}"#;
    OBJECT_ATTRIBUTES: Reads, App, "GET /v1/objects/{object_type_id}/{object_id}/attributes", "getObjectAttributes", "ApiClient::objects().attributes", r#"{"object":{"attributes":{}}}"#;
    OBJECT_RELATIONSHIPS: Reads, App, "GET /v1/objects/{object_type_id}/{object_id}/relationships", "getObjectRelationships", "ApiClient::objects().relationships", r#"{"cio_relationships":[]}"#;
    OBJECT_TYPES: Reads, App, "GET /v1/object_types", "getObjectTypes", "ApiClient::objects().types", r#"{"types":[]}"#;

    SUBSCRIPTION_TOPICS: Reads, App, "GET /v1/subscription_topics", "getTopics", "ApiClient::subscriptions().topics", r#"{"topics":[]}"#;
    SUBSCRIPTION_CHANNELS: Reads, App, "GET /v1/subscription_channels", "getChannels", "ApiClient::subscriptions().channels", r#"{"channels":[]}"#;
    SUBSCRIPTION_TOKEN: Reads, App, "GET /v1/subscription_center/{customer_id}/token", "getSubscriptionCenterToken", "ApiClient::subscriptions().center_token", r#"{"token":"","url":""}"#;
}

// What `ApiClient::request` makes: paths that have no method of their own here. They are
// not in the table, because they are no operations of their own.
macro_rules! own_path {
    ($($name:ident: $repeat:ident, $line:literal;)*) => {
        $(
            pub(crate) static $name: super::Operation = super::Operation {
                api: super::Api::App,
                line: $line,
                id: "",
                method: "ApiClient::request",
                repeat: super::Repeat::$repeat,
                quota: super::Quota::App,
                answer: "{}",
            };
        )*
    };
}
own_path! {
    OWN_GET: Reads, "GET a path of one's own";
    OWN_PUT: Overwrites, "PUT to a path of one's own";
    OWN_DELETE: Overwrites, "DELETE a path of one's own";
    OWN_POST: CreatesAgain, "POST to a path of one's own";
    OWN_PATCH: CreatesAgain, "PATCH a path of one's own";
    OWN_POST_REPEATABLE: Overwrites, "POST to a path of one's own, repeatable";
    OWN_PATCH_REPEATABLE: Overwrites, "PATCH a path of one's own, repeatable";
}
