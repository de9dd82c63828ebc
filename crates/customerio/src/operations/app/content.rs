//! The App API: what messages are made of and how they do. Campaigns, broadcasts,
//! newsletters, the design studio, assets and the data index.

use crate::operations::operations;

operations! { App:
    LIST_CAMPAIGNS: Reads, App, "GET /v1/campaigns", "listCampaigns", "ApiClient::campaigns().list", r#"{"campaigns":[]}"#;
    GET_CAMPAIGN: Reads, App, "GET /v1/campaigns/{campaign_id}", "getCampaigns", "ApiClient::campaigns().get", r#"{"campaign":{"id":0}}"#;
    CAMPAIGN_METRICS: Reads, App, "GET /v1/campaigns/{campaign_id}/metrics", "campaignMetrics", "ApiClient::campaigns().metrics", r#"{"metric":{"series":{}}}"#;
    CAMPAIGN_LINKS: Reads, App, "GET /v1/campaigns/{campaign_id}/metrics/links", "campaignLinkMetrics", "ApiClient::campaigns().links", r#"{"links":[]}"#;
    CAMPAIGN_JOURNEY_METRICS: Reads, App, "GET /v1/campaigns/{campaign_id}/journey_metrics", "campaignJourneyMetrics", "ApiClient::campaigns().journey_metrics", r#"{"journey_metric":{}}"#;
    CAMPAIGN_MESSAGES: Reads, App, "GET /v1/campaigns/{campaign_id}/messages", "getCampaignMessages", "ApiClient::campaigns().messages", r#"{"messages":[]}"#;
    CAMPAIGN_ACTIONS: Reads, App, "GET /v1/campaigns/{campaign_id}/actions", "listCampaignActions", "ApiClient::campaigns().actions", r#"{"actions":[]}"#;
    CAMPAIGN_ACTION: Reads, App, "GET /v1/campaigns/{campaign_id}/actions/{action_id}", "getCampaignAction", "ApiClient::campaigns().action", r#"{"action":{"id":0}}"#;
    UPDATE_CAMPAIGN_ACTION: Overwrites, App, "PUT /v1/campaigns/{campaign_id}/actions/{action_id}", "updateCampaignAction", "ApiClient::campaigns().update_action", r#"{"action":{"id":0}}"#;
    CAMPAIGN_ACTION_LANGUAGE: Reads, App, "GET /v1/campaigns/{campaign_id}/actions/{action_id}/language/{language}", "getCampaignActionTranslation", "ApiClient::campaigns().action_language", r#"{"action":{"id":0}}"#;
    UPDATE_CAMPAIGN_ACTION_LANGUAGE: Overwrites, App, "PUT /v1/campaigns/{campaign_id}/actions/{action_id}/language/{language}", "updateCampaignActionTranslation", "ApiClient::campaigns().update_action_language", r#"{"action":{"id":0}}"#;
    CAMPAIGN_ACTION_METRICS: Reads, App, "GET /v1/campaigns/{campaign_id}/actions/{action_id}/metrics", "campaignActionMetrics", "ApiClient::campaigns().action_metrics", r#"{"metric":{"series":{}}}"#;
    CAMPAIGN_ACTION_LINKS: Reads, App, "GET /v1/campaigns/{campaign_id}/actions/{action_id}/metrics/links", "campaignActionLinks", "ApiClient::campaigns().action_links", r#"{"links":[]}"#;

    LIST_BROADCASTS: Reads, App, "GET /v1/broadcasts", "listBroadcasts", "ApiClient::broadcasts().list", r#"{"broadcasts":[]}"#;
    GET_BROADCAST: Reads, App, "GET /v1/broadcasts/{broadcast_id}", "getBroadcast", "ApiClient::broadcasts().get", r#"{"broadcast":{"id":0}}"#;
    BROADCAST_METRICS: Reads, App, "GET /v1/broadcasts/{broadcast_id}/metrics", "broadcastMetrics", "ApiClient::broadcasts().metrics", r#"{"metric":{"series":{}}}"#;
    BROADCAST_LINKS: Reads, App, "GET /v1/broadcasts/{broadcast_id}/metrics/links", "broadcastLinks", "ApiClient::broadcasts().links", r#"{"links":[]}"#;
    BROADCAST_MESSAGES: Reads, App, "GET /v1/broadcasts/{broadcast_id}/messages", "broadcastMessages", "ApiClient::broadcasts().messages", r#"{"messages":[]}"#;
    BROADCAST_TRIGGERS: Reads, App, "GET /v1/broadcasts/{broadcast_id}/triggers", "listBroadcastTriggers", "ApiClient::broadcasts().triggers", r#"{"triggers":[]}"#;
    BROADCAST_ACTIONS: Reads, App, "GET /v1/broadcasts/{broadcast_id}/actions", "broadcastActions", "ApiClient::broadcasts().actions", r#"{"actions":[]}"#;
    BROADCAST_ACTION: Reads, App, "GET /v1/broadcasts/{broadcast_id}/actions/{action_id}", "getBroadcastAction", "ApiClient::broadcasts().action", r#"{"action":{"id":0}}"#;
    UPDATE_BROADCAST_ACTION: Overwrites, App, "PUT /v1/broadcasts/{broadcast_id}/actions/{action_id}", "updateBroadcastAction", "ApiClient::broadcasts().update_action", r#"{"action":{"id":0}}"#;
    BROADCAST_ACTION_LANGUAGE: Reads, App, "GET /v1/broadcasts/{broadcast_id}/actions/{action_id}/language/{language}", "getBroadcastActionLanguage", "ApiClient::broadcasts().action_language", r#"{"action":{"id":0}}"#;
    UPDATE_BROADCAST_ACTION_LANGUAGE: Overwrites, App, "PUT /v1/broadcasts/{broadcast_id}/actions/{action_id}/language/{language}", "updateBroadcastActionLanguage", "ApiClient::broadcasts().update_action_language", r#"{"action":{"id":0}}"#;
    BROADCAST_ACTION_METRICS: Reads, App, "GET /v1/broadcasts/{broadcast_id}/actions/{action_id}/metrics", "broadcastActionMetrics", "ApiClient::broadcasts().action_metrics", r#"{"metric":{"series":{}}}"#;
    BROADCAST_ACTION_LINKS: Reads, App, "GET /v1/broadcasts/{broadcast_id}/actions/{action_id}/metrics/links", "broadcastActionLinks", "ApiClient::broadcasts().action_links", r#"{"links":[]}"#;

    LIST_NEWSLETTERS: Reads, App, "GET /v1/newsletters", "listNewsletters", "ApiClient::newsletters().list", r#"{"newsletters":[]}"#;
    CREATE_NEWSLETTER: CreatesAgain, App, "POST /v1/newsletters", "createNewsletter", "ApiClient::newsletters().create", r#"{"newsletter":{"id":0}}"#;
    GET_NEWSLETTER: Reads, App, "GET /v1/newsletters/{newsletter_id}", "getNewsletters", "ApiClient::newsletters().get", r#"{"newsletter":{"id":0}}"#;
    DELETE_NEWSLETTER: Overwrites, App, "DELETE /v1/newsletters/{newsletter_id}", "deleteNewsletters", "ApiClient::newsletters().delete", "";
    SEND_NEWSLETTER: SendsAgain, App, "POST /v1/newsletters/{newsletter_id}/send", "sendNewsletter", "ApiClient::newsletters().send", r#"{"newsletter":{"id":0}}"#;
    SCHEDULE_NEWSLETTER: SendsAgain, App, "POST /v1/newsletters/{newsletter_id}/schedule", "scheduleNewsletter", "ApiClient::newsletters().schedule", r#"{"newsletter":{"id":0}}"#;
    NEWSLETTER_MESSAGES: Reads, App, "GET /v1/newsletters/{newsletter_id}/messages", "getNewsletterMsgMeta", "ApiClient::newsletters().messages", r#"{"messages":[]}"#;
    NEWSLETTER_METRICS: Reads, App, "GET /v1/newsletters/{newsletter_id}/metrics", "getNewsletterMetrics", "ApiClient::newsletters().metrics", r#"{"metric":{"series":{}}}"#;
    NEWSLETTER_LINKS: Reads, App, "GET /v1/newsletters/{newsletter_id}/metrics/links", "getNewsletterLinks", "ApiClient::newsletters().links", r#"{"links":[]}"#;
    NEWSLETTER_CONTENTS: Reads, App, "GET /v1/newsletters/{newsletter_id}/contents", "listNewsletterVariants", "ApiClient::newsletters().contents", r#"{"contents":[]}"#;
    NEWSLETTER_CONTENT: Reads, App, "GET /v1/newsletters/{newsletter_id}/contents/{content_id}", "getNewsletterVariant", "ApiClient::newsletters().content", r#"{"content":{"id":0}}"#;
    UPDATE_NEWSLETTER_CONTENT: Overwrites, App, "PUT /v1/newsletters/{newsletter_id}/contents/{content_id}", "updateNewsletterVariant", "ApiClient::newsletters().update_content", r#"{"content":{"id":0}}"#;
    NEWSLETTER_CONTENT_METRICS: Reads, App, "GET /v1/newsletters/{newsletter_id}/contents/{content_id}/metrics", "getVariantMetrics", "ApiClient::newsletters().content_metrics", r#"{"metric":{"series":{}}}"#;
    NEWSLETTER_CONTENT_LINKS: Reads, App, "GET /v1/newsletters/{newsletter_id}/contents/{content_id}/metrics/links", "getVariantLinks", "ApiClient::newsletters().content_links", r#"{"links":[]}"#;
    CREATE_NEWSLETTER_LANGUAGE: CreatesAgain, App, "POST /v1/newsletters/{newsletter_id}/language", "createNewsletterLanguageVariant", "ApiClient::newsletters().create_language", r#"{"newsletter":{"id":0}}"#;
    NEWSLETTER_LANGUAGE: Reads, App, "GET /v1/newsletters/{newsletter_id}/language/{language}", "getNewsletterVariantTranslation", "ApiClient::newsletters().language", r#"{"content":{"id":0}}"#;
    UPDATE_NEWSLETTER_LANGUAGE: Overwrites, App, "PUT /v1/newsletters/{newsletter_id}/language/{language}", "updateNewsletterVariantTranslation", "ApiClient::newsletters().update_language", r#"{"content":{"id":0}}"#;
    DELETE_NEWSLETTER_LANGUAGE: Overwrites, App, "DELETE /v1/newsletters/{newsletter_id}/language/{language}", "deleteNewsletterLanguageVariant", "ApiClient::newsletters().delete_language", "";
    NEWSLETTER_TEST_GROUPS: Reads, App, "GET /v1/newsletters/{newsletter_id}/test_groups", "getNewsletterTestGroups", "ApiClient::newsletters().test_groups", r#"{"test_groups":[]}"#;
    CREATE_TEST_GROUP: CreatesAgain, App, "POST /v1/newsletters/{newsletter_id}/test_groups", "createNewsletterTestGroup", "ApiClient::newsletters().create_test_group", r#"{"newsletter":{"id":0}}"#;
    CREATE_TEST_GROUP_LANGUAGE: CreatesAgain, App, "POST /v1/newsletters/{newsletter_id}/test_group/{test_group_id}/language", "createNewsletterTestLanguageVariant", "ApiClient::newsletters().create_test_group_language", r#"{"newsletter":{"id":0}}"#;
    TEST_GROUP_LANGUAGE: Reads, App, "GET /v1/newsletters/{newsletter_id}/test_group/{test_group_id}/language/{language}", "getNewsletterVariantTranslationTest", "ApiClient::newsletters().test_group_language", r#"{"content":{"id":0}}"#;
    UPDATE_TEST_GROUP_LANGUAGE: Overwrites, App, "PUT /v1/newsletters/{newsletter_id}/test_group/{test_group_id}/language/{language}", "updateNewsletterTestTranslation", "ApiClient::newsletters().update_test_group_language", r#"{"content":{"id":0}}"#;
    DELETE_TEST_GROUP_LANGUAGE: Overwrites, App, "DELETE /v1/newsletters/{newsletter_id}/test_group/{test_group_id}/language/{language}", "deleteNewsletterTestLanguageVariant", "ApiClient::newsletters().delete_test_group_language", "";

    LIST_DESIGN_FOLDERS: Reads, App, "GET /v1/design_studio/folders", "listFolders", "ApiClient::design_studio().list_folders", r#"{"folders":[]}"#;
    CREATE_DESIGN_FOLDER: CreatesAgain, App, "POST /v1/design_studio/folders", "createFolder", "ApiClient::design_studio().create_folder", r#"{"folder":{"id":""}}"#;
    GET_DESIGN_FOLDER: Reads, App, "GET /v1/design_studio/folders/{id}", "getFolder", "ApiClient::design_studio().folder", r#"{"folder":{"id":""}}"#;
    UPDATE_DESIGN_FOLDER: Overwrites, App, "PUT /v1/design_studio/folders/{id}", "updateFolder", "ApiClient::design_studio().update_folder", "";
    DELETE_DESIGN_FOLDER: Overwrites, App, "DELETE /v1/design_studio/folders/{id}", "deleteFolder", "ApiClient::design_studio().delete_folder", "";

    LIST_DESIGN_EMAILS: Reads, App, "GET /v1/design_studio/emails", "listEmails", "ApiClient::design_studio().list_emails", r#"{"emails":[]}"#;
    CREATE_DESIGN_EMAIL: CreatesAgain, App, "POST /v1/design_studio/emails", "createEmail", "ApiClient::design_studio().create_email", r#"{"email":{"id":""}}"#;
    GET_DESIGN_EMAIL: Reads, App, "GET /v1/design_studio/emails/{id}", "getEmail", "ApiClient::design_studio().email", r#"{"email":{"id":""}}"#;
    UPDATE_DESIGN_EMAIL: Overwrites, App, "PUT /v1/design_studio/emails/{id}", "updateEmail", "ApiClient::design_studio().update_email", "";
    DELETE_DESIGN_EMAIL: Overwrites, App, "DELETE /v1/design_studio/emails/{id}", "deleteEmail", "ApiClient::design_studio().delete_email", "";
    LIST_DESIGN_LANGUAGES: Reads, App, "GET /v1/design_studio/emails/{id}/languages", "listEmailTranslations", "ApiClient::design_studio().list_email_languages", r#"{"email_translations":[]}"#;
    CREATE_DESIGN_LANGUAGE: CreatesAgain, App, "POST /v1/design_studio/emails/{id}/languages", "createEmailTranslation", "ApiClient::design_studio().create_email_language", r#"{"email_translation":{"language":""}}"#;
    GET_DESIGN_LANGUAGE: Reads, App, "GET /v1/design_studio/emails/{id}/languages/{language}", "getEmailTranslation", "ApiClient::design_studio().email_language", r#"{"email_translation":{"language":""}}"#;
    UPDATE_DESIGN_LANGUAGE: Overwrites, App, "PUT /v1/design_studio/emails/{id}/languages/{language}", "updateEmailTranslation", "ApiClient::design_studio().update_email_language", "";
    DELETE_DESIGN_LANGUAGE: Overwrites, App, "DELETE /v1/design_studio/emails/{id}/languages/{language}", "deleteEmailTranslation", "ApiClient::design_studio().delete_email_language", "";

    LIST_DESIGN_COMPONENTS: Reads, App, "GET /v1/design_studio/components", "listComponents", "ApiClient::design_studio().list_components", r#"{"components":[]}"#;
    CREATE_DESIGN_COMPONENT: CreatesAgain, App, "POST /v1/design_studio/components", "createComponent", "ApiClient::design_studio().create_component", r#"{"component":{"id":""}}"#;
    GET_DESIGN_COMPONENT: Reads, App, "GET /v1/design_studio/components/{id}", "getComponent", "ApiClient::design_studio().component", r#"{"component":{"id":""}}"#;
    UPDATE_DESIGN_COMPONENT: Overwrites, App, "PUT /v1/design_studio/components/{id}", "updateComponent", "ApiClient::design_studio().update_component", "";
    DELETE_DESIGN_COMPONENT: Overwrites, App, "DELETE /v1/design_studio/components/{id}", "deleteComponent", "ApiClient::design_studio().delete_component", "";

    LIST_ASSETS: Reads, App, "GET /v1/assets", "listAssets", "ApiClient::assets().list", r#"{"assets":[]}"#;
    CREATE_ASSET: CreatesAgain, App, "POST /v1/assets/files", "createAsset", "ApiClient::assets().create", r#"{"asset":{"id":0}}"#;
    GET_ASSET: Reads, App, "GET /v1/assets/files/{id}", "getAsset", "ApiClient::assets().get", r#"{"asset":{"id":0}}"#;
    UPDATE_ASSET: Overwrites, App, "PUT /v1/assets/files/{id}", "updateAsset", "ApiClient::assets().update", "";
    DELETE_ASSET: Overwrites, App, "DELETE /v1/assets/files/{id}", "deleteAsset", "ApiClient::assets().delete", "";
    LIST_ASSET_FOLDERS: Reads, App, "GET /v1/assets/folders", "listAssetFolders", "ApiClient::assets().list_folders", r#"{"folders":[]}"#;
    CREATE_ASSET_FOLDER: CreatesAgain, App, "POST /v1/assets/folders", "createAssetFolder", "ApiClient::assets().create_folder", r#"{"folder":{"id":0}}"#;
    GET_ASSET_FOLDER: Reads, App, "GET /v1/assets/folders/{id}", "getAssetFolder", "ApiClient::assets().folder", r#"{"folder":{"id":0}}"#;
    UPDATE_ASSET_FOLDER: Overwrites, App, "PUT /v1/assets/folders/{id}", "updateAssetFolder", "ApiClient::assets().update_folder", "";
    DELETE_ASSET_FOLDER: Overwrites, App, "DELETE /v1/assets/folders/{id}", "deleteAssetFolder", "ApiClient::assets().delete_folder", "";

    UPDATE_ATTRIBUTE_METADATA: Overwrites, App, "POST /v1/data_index/attributes", "updateAttributeMetadata", "ApiClient::data_index().update_attributes", "";
    UPDATE_EVENT_METADATA: Overwrites, App, "POST /v1/data_index/events", "updateEventMetadata", "ApiClient::data_index().update_events", "";
}
