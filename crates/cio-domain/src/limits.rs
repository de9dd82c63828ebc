//! The limits of the API, each with its source: the Track API's reference, "limits",
//! unless said otherwise. Bytes are counted in UTF-8.

/// Longest `id` of a person.
pub const PERSON_ID_BYTES_MAX: usize = 150;
/// Longest attribute name.
pub const ATTRIBUTE_NAME_BYTES_MAX: usize = 150;
/// Longest attribute value; a value that is not a string counts as its JSON text.
pub const ATTRIBUTE_VALUE_BYTES_MAX: usize = 1_000;
/// Most attributes in one identify.
pub const ATTRIBUTES_MAX: usize = 300;
/// Longest `object_id`.
pub const OBJECT_ID_BYTES_MAX: usize = 150;
/// Most attributes of an object or a relationship in one request.
pub const OBJECT_ATTRIBUTES_MAX: usize = 300;
/// Largest attributes of an object or a relationship together, names and values.
pub const OBJECT_ATTRIBUTES_BYTES_MAX: usize = 100_000;
/// Longest event name.
pub const EVENT_NAME_BYTES_MAX: usize = 100;
/// Deepest nesting of a request's JSON. The API names no limit; ours is less than the 128
/// that common readers of JSON, our own among them, take when it is read back.
pub const JSON_DEPTH_MAX: usize = 100;
/// Largest event data, as JSON text.
pub const EVENT_DATA_BYTES_MAX: usize = 100_000;
/// Longest event id, where it is not a ULID. The API names no limit; ours.
pub const EVENT_ID_BYTES_MAX: usize = 150;
/// Longest `anonymous_id`. The API names no limit; ours.
pub const ANONYMOUS_ID_BYTES_MAX: usize = 150;
/// Longest device token. The API names no limit; ours.
pub const DEVICE_TOKEN_BYTES_MAX: usize = 4_096;
/// Most devices of a person that one push goes to: those used last. The API names no number;
/// ours.
pub const PUSH_DEVICES_MAX: usize = 64;
/// Most in-app and inbox messages that wait for one person; a newer one takes the place of the
/// oldest. The API names no number; ours.
pub const IN_APP_WAITING_MAX: usize = 100;
/// How long such a message waits. The API names no time; ours.
pub const IN_APP_DAYS: i64 = 60;
/// How long an event id is remembered. The API names no time; ours.
pub const EVENT_ID_MEMORY_DAYS: u64 = 30;
/// Most addresses in `to`, `cc` and `bcc` of one transactional email together.
pub const EMAIL_ADDRESSES_MAX: usize = 15;
/// Largest attachments of one transactional email together, decoded.
pub const EMAIL_ATTACHMENTS_BYTES_MAX: usize = 2_000_000;
/// Longest `Idempotency-Key`. Ours, as is the next: the API has no such header.
pub const IDEMPOTENCY_KEY_BYTES_MAX: usize = 255;
/// How long the answer to a request with an `Idempotency-Key` is remembered.
pub const IDEMPOTENCY_HOURS: u64 = 24;
/// Furthest `send_at` ahead.
pub const SEND_AT_DAYS_MAX: i64 = 90;
/// Largest rendered text of one template. Ours.
pub const RENDERED_BYTES_MAX: usize = 4 << 20;
/// How long a visitor's events wait to become a person's. Track API reference, anonymous
/// events.
pub const VISITOR_EVENTS_DAYS: u64 = 30;
/// How long after being identified a visitor's late events still become the person's.
pub const VISITOR_EVENTS_LATE_MINUTES: u64 = 5;
/// How far back the events of a person go that become another's by a merge.
pub const MERGED_EVENTS_DAYS: u32 = 30;
/// Largest request to `/api/v2/entity`, and one operation of a batch. The reference says
/// 32 kb and not which; the larger reading, so that no client is refused for the other.
pub const ENTITY_BYTES_MAX: usize = 32_768;
/// Largest request to `/api/v2/batch`, read the same way.
pub const BATCH_BYTES_MAX: usize = 512_000;
/// Most items of a batch, so that the list of what is wrong with them is bounded too. The
/// API names no limit; ours is beyond what fits in a batch of items that can be taken.
pub const BATCH_ITEMS_MAX: usize = 20_000;
/// Most people in one call that changes a manual segment.
pub const SEGMENT_IDS_MAX: usize = 1_000;
/// Most parts of a filter, each `and`, `or`, `not` and leaf counted. The API names no limit;
/// ours.
pub const FILTER_PARTS_MAX: usize = 1_000;
/// Most parts of the definition of a segment: each is looked at again and again. Ours.
pub const DEFINITION_PARTS_MAX: usize = 100;
/// How often a segment may ask for an event: so many are looked at. Ours.
pub const CONDITION_TIMES_MAX: u32 = 1_000;
/// How far back or ahead a segment may look, in days. Ours.
pub const CONDITION_DAYS_MAX: u32 = 3_650;
/// Longest id of a form. The API names no limit; ours.
pub const FORM_ID_BYTES_MAX: usize = 150;
/// Longest id of a delivery that is looked for. Ours are of 20 bytes.
pub const DELIVERY_ID_BYTES_MAX: usize = 150;
/// Longest text of a report: a reason, a link. What is beyond it is cut off. Ours.
pub const REPORT_TEXT_BYTES_MAX: usize = 4_096;
/// Most links that are counted one by one of a transactional message, a broadcast or an action.
/// Ours: where every message has a link of its own there would be no end of them.
pub const LINKS_MAX: u64 = 1_000;
/// Longest name and longest description of a segment. Ours.
pub const SEGMENT_TEXT_BYTES_MAX: usize = 1_000;
/// Longest name of a snippet, a collection, a topic, a sender, a layout or a message. Ours.
pub const CONTENT_NAME_BYTES_MAX: usize = 150;
/// Longest description of a topic or a message, and title and subtitle of the preference
/// centre. Ours.
pub const CONTENT_TEXT_BYTES_MAX: usize = 1_000;
/// Longest value of a snippet. App API reference, the default.
pub const SNIPPET_CHARS_MAX: usize = 16_000;
/// Largest snippets of a workspace together. Vendor's documentation, snippets.
pub const SNIPPETS_BYTES_MAX: u64 = 5 << 20;
/// Most snippets of a workspace, so that small ones are bounded too. Ours.
pub const SNIPPETS_MAX: usize = 10_000;
/// Most collections of a workspace. Vendor's documentation, collections; so are the next two,
/// in the larger reading of their units.
pub const COLLECTIONS_MAX: usize = 50;
/// Largest collection, as JSON.
pub const COLLECTION_BYTES_MAX: u64 = 10 << 20;
/// Largest row of a collection.
pub const COLLECTION_ROW_BYTES_MAX: usize = 10 << 10;
/// Most different names in the rows of a collection. Ours: they are kept with its name.
pub const COLLECTION_COLUMNS_MAX: usize = 1_000;
/// Longest name in the rows of a collection. Ours, as that of an attribute.
pub const COLLECTION_COLUMN_BYTES_MAX: usize = 150;
/// Most senders of a workspace. Ours.
pub const SENDERS_MAX: usize = 10_000;
/// Longest email address: RFC 5321, path without its brackets.
pub const EMAIL_ADDRESS_BYTES_MAX: usize = 254;
/// Longest number or name that text messages are sent from. Ours.
pub const PHONE_BYTES_MAX: usize = 150;
/// Most topics of a workspace: all are looked at for each person. Ours.
pub const TOPICS_MAX: usize = 100;
/// Most translations of one text. Ours.
pub const TRANSLATIONS_MAX: usize = 100;
/// Most senders that one person is out of. Ours.
pub const OPT_OUTS_MAX: usize = 1_000;
/// Largest texts of a message in one language, together. Ours.
pub const VARIANT_BYTES_MAX: u64 = 1 << 20;
/// Largest texts of a message in all its languages, of a broadcast in all its actions. Ours:
/// one change is held in memory.
pub const MESSAGE_BYTES_MAX: u64 = 8 << 20;
/// Largest texts of all messages of a workspace together. Ours: definitions are read as a
/// whole.
pub const MESSAGES_BYTES_MAX: u64 = 64 << 20;
/// Most transactional messages of a workspace; so many broadcasts, too. Ours: neither list has
/// pages.
pub const MESSAGES_MAX: usize = 10_000;
/// Longest body of a layout. Ours.
pub const LAYOUT_BYTES_MAX: usize = 1 << 20;
/// Largest layouts of a workspace together. Ours, as all below.
pub const LAYOUTS_BYTES_MAX: u64 = 16 << 20;
/// Most layouts of a workspace.
pub const LAYOUTS_MAX: usize = 1_000;
/// Most actions of a broadcast: each recipient gets all of them.
pub const ACTIONS_MAX: usize = 20;
/// Most tags of a broadcast.
pub const TAGS_MAX: usize = 50;
/// How long a link to the preference centre works. App API reference.
pub const PREFERENCE_LINK_HOURS: u64 = 24;
/// The same in a message, which may be read much later. Ours.
pub const PREFERENCE_LINK_IN_MESSAGES_DAYS: u64 = 90;
/// Calls of the App API that have no limit of their own, per workspace and second. App API
/// reference, as the three below.
pub const APP_CALLS_PER_SECOND: u32 = 10;
/// Transactional messages per workspace in three seconds.
pub const SENDS_PER_3_SECONDS: u32 = 3_000;
/// Triggers of broadcasts per workspace in ten seconds.
pub const TRIGGERS_PER_10_SECONDS: u32 = 1;
/// Contents of messages that may be read per workspace and day.
pub const ARCHIVED_MESSAGES_PER_DAY: u32 = 100;
/// Most ids in one call for profiles.
pub const PROFILE_IDS_MAX: usize = 100;
/// Longest stretch of time that one list of messages covers: six months.
pub const MESSAGES_DAYS_MAX: i64 = 183;
/// The same of the messages of a broadcast: twelve months.
pub const MEASURED_DAYS_MAX: i64 = 366;
/// Most exports of a workspace at a time; so many imports, too. Ours: the list of exports
/// has no pages.
pub const TRANSFERS_MAX: u64 = 10_000;
/// How long an export and its file are kept, and what is known of an import. Ours.
pub const TRANSFER_DAYS: u64 = 30;
/// Most rows of an import that are kept with why they could not be taken. Ours.
pub const IMPORT_ERRORS_MAX: u64 = 10_000;
/// Longest row of an import. Ours.
pub const IMPORT_ROW_BYTES_MAX: usize = 1 << 20;
/// Largest file of an import, unpacked. App API reference, of the files of broadcasts.
pub const IMPORT_FILE_BYTES_MAX: u64 = 10 << 30;
/// Longest name and longest description of an import, and longest URL of its file. Ours.
pub const IMPORT_TEXT_BYTES_MAX: usize = 4_096;
/// Most attributes that an export has columns for. Ours.
pub const EXPORT_ATTRIBUTES_MAX: usize = 1_000;
/// How long a link to the file of an export works. App API reference.
pub const DOWNLOAD_LINK_MINUTES: u64 = 15;
/// Longest stretch of time that an export of messages covers: twelve months. App API
/// reference.
pub const EXPORT_DAYS_MAX: i64 = 366;
/// Most people that a trigger of a broadcast names. App API reference, as the five below; in
/// the larger reading of their units.
pub const TRIGGER_PEOPLE_MAX: usize = 10_000;
/// Largest data for everybody of a trigger, as JSON text.
pub const TRIGGER_DATA_BYTES_MAX: usize = 50_000;
/// Largest trigger.
pub const TRIGGER_BODY_BYTES_MAX: usize = 25 << 20;
/// Longest line of the file of a trigger, and largest data of one of the people it names.
pub const TRIGGER_LINE_BYTES_MAX: usize = 2 << 20;
/// Largest file of a trigger, unpacked.
pub const TRIGGER_FILE_BYTES_MAX: u64 = 10 << 30;
/// Most triggers of a broadcast that wait.
pub const TRIGGERS_WAITING_MAX: usize = 5;
/// Most that is kept of what is wrong with whom a trigger is for. Ours.
pub const TRIGGER_ERRORS_MAX: u64 = 10_000;
/// Longest URL of the file of a trigger. Ours.
pub const TRIGGER_URL_BYTES_MAX: usize = 4_096;
/// Most triggers of a broadcast that are listed, the latest. Ours: the list has no pages.
pub const TRIGGERS_LISTED_MAX: usize = 1_000;
/// Most reporting webhooks of a workspace: what happens is written down for each. Ours.
pub const REPORTING_WEBHOOKS_MAX: usize = 50;
/// Longest URL of a reporting webhook. Ours.
pub const REPORTING_ENDPOINT_BYTES_MAX: usize = 4_096;
/// How long a call of a reporting webhook may take. Reporting webhooks reference, as the
/// two below.
pub const REPORTING_CALL_SECONDS_MAX: u64 = 4;
/// How long a call is tried again before it is given up.
pub const REPORTING_DAYS: u64 = 7;
/// How long the first wait is where the receiver refuses, or cannot be reached.
pub const REPORTING_REFUSED_MINUTES: u64 = 60;
/// Longest name of a workspace. Ours.
pub const WORKSPACE_NAME_BYTES_MAX: usize = 200;
/// Most changes of definitions that are made as one: each is looked at by the writer. Ours.
pub const DEFINITION_CHANGES_MAX: usize = 20_000;
