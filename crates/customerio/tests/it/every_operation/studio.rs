//! The design studio, the assets and the data index.

use customerio::ApiClient;
use customerio::app::{
    ComponentContent, DescribeAttribute, DescribeEvent, DesignedEmail, FileChange, ListFiles,
    UploadAsset,
};
use serde_json::{Value, json};

use super::Case;

/// What ids of the design studio look like.
const ID: &str = "123e4567-e89b-12d3-a456-426614174000";

pub(super) fn design(api: &ApiClient) -> Vec<Case<'_>> {
    let everything = ListFiles::new;
    let receipt = || {
        DesignedEmail::new()
            .name("Receipt")
            .subject("Thanks")
            .html("<p>Hi</p>")
    };
    cases! {
        api.design_studio().list_folders(&everything()) => "GET /v1/design_studio/folders";
        api.design_studio().list_folders(
            &everything().folder(ID).directly().page(2).limit(50).sort_by("name").descending()
                .created_after(1_790_000_000).updated_before(1_792_000_000)
        ) => "GET /v1/design_studio/folders?parent_folder_id=123e4567-e89b-12d3-a456-426614174000\
              &created_after=1790000000&updated_before=1792000000\
              &direct_descendants_only=true&page=2&limit=50&sort_by=name&sort_order=desc";
        api.design_studio().create_folder("October", None) => "POST /v1/design_studio/folders", { "name": "October" };
        api.design_studio().create_folder("Drafts", Some(ID)) => "POST /v1/design_studio/folders", {
            "name": "Drafts", "parent_folder_id": ID,
        };
        api.design_studio().folder(ID) => "GET /v1/design_studio/folders/123e4567-e89b-12d3-a456-426614174000";
        api.design_studio().update_folder("f/1", &FileChange::new().name("Old").folder(ID))
            => "PUT /v1/design_studio/folders/f%2F1", { "name": "Old", "parent_folder_id": ID };
        api.design_studio().update_folder("f1", &FileChange::new().to_root())
            => "PUT /v1/design_studio/folders/f1", { "parent_folder_id": null };
        api.design_studio().delete_folder("f1") => "DELETE /v1/design_studio/folders/f1";
        api.design_studio().list_emails(&everything().templates(true).translated(false).linked(true))
            => "GET /v1/design_studio/emails?is_template=true&has_translations=false&is_linked=true";
        api.design_studio().create_email(
            &receipt().folder("f1").template(true).preheader_text("p").amp("a").text("t")
                .envelope("from_id", json!(1)).transformer("css_inliner", json!({ "enabled": true }))
        ) => "POST /v1/design_studio/emails", {
            "name": "Receipt", "parent_folder_id": "f1", "is_template": true,
            "content": { "subject": "Thanks", "html": "<p>Hi</p>", "preheader_text": "p", "amp": "a", "text": "t" },
            "envelope": { "from_id": 1 }, "transformers": { "css_inliner": { "enabled": true } },
        };
        api.design_studio().email("e1") => "GET /v1/design_studio/emails/e1";
        api.design_studio().update_email("e1", &DesignedEmail::new().to_root())
            => "PUT /v1/design_studio/emails/e1", { "parent_folder_id": null };
        api.design_studio().delete_email("e1") => "DELETE /v1/design_studio/emails/e1";
        api.design_studio().list_email_languages("e1") => "GET /v1/design_studio/emails/e1/languages";
        api.design_studio().create_email_language("e1", "es", &DesignedEmail::new().subject("Gracias"))
            => "POST /v1/design_studio/emails/e1/languages", { "language": "es", "content": { "subject": "Gracias" } };
        api.design_studio().email_language("e1", "es") => "GET /v1/design_studio/emails/e1/languages/es";
        api.design_studio().update_email_language("e1", "es", &DesignedEmail::new().html("<p>Hola</p>"))
            => "PUT /v1/design_studio/emails/e1/languages/es", { "content": { "html": "<p>Hola</p>" } };
        api.design_studio().delete_email_language("e1", "es") => "DELETE /v1/design_studio/emails/e1/languages/es";
        api.design_studio().list_components(&everything().tag("x-footer"))
            => "GET /v1/design_studio/components?tag=x-footer";
        api.design_studio().create_component(
            &ComponentContent::new().name("Footer").tag("x-footer").html("<p>Bye</p>").folder("f1")
        ) => "POST /v1/design_studio/components", {
            "name": "Footer", "tag": "x-footer", "content": "<p>Bye</p>", "parent_folder_id": "f1",
        };
        api.design_studio().component("c1") => "GET /v1/design_studio/components/c1";
        api.design_studio().update_component("c1", &ComponentContent::new().html("<p>Ciao</p>").to_root())
            => "PUT /v1/design_studio/components/c1", { "content": "<p>Ciao</p>", "parent_folder_id": null };
        api.design_studio().delete_component("c1") => "DELETE /v1/design_studio/components/c1";
    }
}

/// The form of an upload is in `asset_uploads`.
pub(super) fn assets(api: &ApiClient) -> Vec<Case<'_>> {
    let picture = || UploadAsset::new("logo.png", b"png".as_slice());
    cases! {
        api.assets().list(&ListFiles::new().folder(7).directly())
            => "GET /v1/assets?parent_folder_id=7&direct_descendants_only=true";
        api.assets().create(&picture()) => "POST /v1/assets/files";
        api.assets().get(3) => "GET /v1/assets/files/3";
        api.assets().update(3, &FileChange::new().name("Logo").folder(7)) => "PUT /v1/assets/files/3", {
            "name": "Logo", "parent_folder_id": 7,
        };
        api.assets().delete(3) => "DELETE /v1/assets/files/3";
        api.assets().list_folders(&ListFiles::new().page(2).limit(10)) => "GET /v1/assets/folders?page=2&limit=10";
        api.assets().create_folder("Logos", None) => "POST /v1/assets/folders", { "name": "Logos" };
        api.assets().create_folder("Old", Some(7)) => "POST /v1/assets/folders", { "name": "Old", "parent_folder_id": 7 };
        api.assets().folder(7) => "GET /v1/assets/folders/7";
        api.assets().update_folder(7, &FileChange::new().to_root()) => "PUT /v1/assets/folders/7", { "parent_folder_id": null };
        api.assets().delete_folder(7) => "DELETE /v1/assets/folders/7";
    }
}

pub(super) fn data_index(api: &ApiClient) -> Vec<Case<'_>> {
    cases! {
        api.data_index().update_attributes([
            DescribeAttribute::new("plan").description("What they pay for").sensitive(true),
            DescribeAttribute::new("role").of_relationships(1),
            DescribeAttribute::new("seats").of_objects(1),
            DescribeAttribute::new("total").of_event("order").sensitive(false),
        ]) => "POST /v1/data_index/attributes", { "attributes": [
            { "name": "plan", "description": "What they pay for", "privacy_level": 1 },
            { "name": "role", "object_type_id": 1, "is_relationship": true },
            { "name": "seats", "object_type_id": 1 },
            { "name": "total", "event_name": "order", "privacy_level": 0 },
        ] };
        api.data_index().update_events([DescribeEvent::new("order").description("Bought something")])
            => "POST /v1/data_index/events", { "events": [{ "name": "order", "description": "Bought something" }] };
    }
}
