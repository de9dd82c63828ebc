//! One function per promise; every backend runs them all.
//!
//! Each function is given an empty store and panics where a promise is broken. [`all`]
//! runs them one after the other, each on a store of its own.

#![expect(clippy::unwrap_used, reason = "a broken promise is shown by panicking")]

mod blocks;
mod broadcasts;
mod collections;
mod conditions;
mod content;
mod credentials;
mod data_driven;
mod definitions;
mod deliveries;
mod events;
mod fan_out;
mod following;
mod given;
mod in_app;
mod jobs;
mod join;
mod lists;
mod log;
mod looks;
mod merges;
mod messages;
mod names;
mod objects;
mod opt_outs;
mod passing_time;
mod people;
mod relationships;
mod reporting_webhooks;
mod reports;
mod segments;
mod senders;
mod series;
mod subscriptions;
mod suppressions;
mod telling;
mod transfers;
mod triggers;
mod usages;
mod visitors;
mod whole;

use std::future::Future;
use std::sync::Arc;

use cio_domain::operation::{Event, EventKind, Identify};
use cio_domain::workspace::NewWorkspace;
use cio_domain::{Operation, Outcome, Person, UnixMillis, WorkspaceId};
use cio_wire::{Identifier, Region};

use crate::Store;

/// The workspace the suite works in.
const WORKSPACE: WorkspaceId = WorkspaceId(1);
/// A time in 2026.
const NOW: UnixMillis = 1_790_000_000_000;

/// Runs the whole suite; `empty` makes a new, empty store each time.
pub async fn all<F, Made>(empty: F)
where
    F: Fn() -> Made,
    Made: Future<Output = Arc<dyn Store>>,
{
    pepper_and_workspaces_are_kept(empty().await.as_ref()).await;
    workspaces_are_separate(empty().await.as_ref()).await;
    what_was_answered_is_read(empty().await).await;
    people::identify_follows_the_resolution_table(empty().await.as_ref()).await;
    people::attributes_merge_and_older_changes_lose(empty().await.as_ref()).await;
    people::one_preference_changes_and_the_others_stay(empty().await.as_ref()).await;
    people::emails_are_the_same_in_any_case(empty().await.as_ref()).await;
    people::suppression_blocks_until_lifted(empty().await.as_ref()).await;
    people::delete_frees_the_identifiers(empty().await.as_ref()).await;
    people::devices_are_kept_by_token(empty().await.as_ref()).await;
    people::devices_say_what_became_of_the_last_push(empty().await.as_ref()).await;
    events::an_event_id_counts_once_in_thirty_days(empty().await.as_ref()).await;
    events::activities_are_listed_newest_first_each_once(empty().await.as_ref()).await;
    events::visitors_are_told_apart(empty().await.as_ref()).await;
    deliveries::a_delivery_and_its_job_come_together(empty().await.as_ref()).await;
    deliveries::a_job_belongs_to_its_lease(empty().await.as_ref()).await;
    deliveries::deliveries_are_listed_newest_first_drafts_apart(empty().await.as_ref()).await;
    deliveries::deliveries_are_found_by_time_and_metric(empty().await.as_ref()).await;
    deliveries::a_person_s_deliveries_are_listed_newest_first(empty().await.as_ref()).await;
    deliveries::a_suppressed_person_gets_nothing(empty().await.as_ref()).await;
    names::names_replaced_by_cio_id_are_free(empty().await.as_ref()).await;
    names::a_name_of_somebody_else_stays_theirs(empty().await.as_ref()).await;
    names::an_email_is_shown_as_last_written(empty().await.as_ref()).await;
    blocks::delete_removes_everything_and_frees_the_names(empty().await.as_ref()).await;
    blocks::suppress_removes_everything_and_blocks_both_names(empty().await.as_ref()).await;
    blocks::suppress_blocks_a_name_nobody_has(empty().await.as_ref()).await;
    blocks::suppress_by_cio_id_blocks_both_names(empty().await.as_ref()).await;
    blocks::unsuppress_lifts_both_blocks(empty().await.as_ref()).await;
    blocks::a_removed_person_leaves_the_deliveries(empty().await.as_ref()).await;
    blocks::a_suppressed_person_gets_nothing_that_was_waiting(empty().await.as_ref()).await;
    credentials::a_workspace_comes_with_its_first_credentials(empty().await.as_ref()).await;
    credentials::credentials_are_numbered_by_workspace(empty().await.as_ref()).await;
    credentials::a_rotation_has_a_successor_and_an_end(empty().await.as_ref()).await;
    credentials::an_old_one_without_an_end_gets_it_later(empty().await.as_ref()).await;
    credentials::what_is_over_is_not_rotated(empty().await.as_ref()).await;
    credentials::the_first_revocation_counts(empty().await.as_ref()).await;
    credentials::the_last_use_is_kept(empty().await.as_ref()).await;
    credentials::the_last_admin_token_set_is_kept(empty().await.as_ref()).await;
    lists::only_expired_event_ids_are_forgotten(empty().await.as_ref()).await;
    lists::filtered_pages_hold_every_entry_once(empty().await.as_ref()).await;
    lists::a_foreign_cursor_is_refused(empty().await.as_ref()).await;
    in_app::what_is_sent_to_an_app_waits_until_it_is_done_with(empty().await.as_ref()).await;
    in_app::what_waits_is_the_person_s(empty().await.as_ref()).await;
    in_app::so_much_waits_and_not_for_ever(empty().await.as_ref()).await;
    in_app::what_is_not_to_be_kept_is_kept_while_it_waits(empty().await.as_ref()).await;
    jobs::a_claimed_job_is_given_to_nobody_else_until_its_lease_ends(empty().await.as_ref()).await;
    jobs::a_lost_lease_settles_nothing(empty().await.as_ref()).await;
    jobs::a_job_waits_for_its_time(empty().await.as_ref()).await;
    jobs::a_sent_delivery_keeps_what_was_sent(empty().await.as_ref()).await;
    jobs::what_is_told_before_it_is_settled_stays(empty().await.as_ref()).await;
    jobs::a_sent_delivery_forgets_its_content_if_asked(empty().await.as_ref()).await;
    jobs::a_retry_comes_back_with_one_more_attempt(empty().await.as_ref()).await;
    jobs::a_failed_delivery_says_why(empty().await.as_ref()).await;
    jobs::parts_are_noted_by_who_has_the_lease(empty().await.as_ref()).await;
    jobs::a_bounce_suppresses_its_address(empty().await.as_ref()).await;
    jobs::bulk_keeps_no_other_message_waiting(empty().await.as_ref()).await;
    jobs::a_draft_is_let_go_once(empty().await.as_ref()).await;
    jobs::a_request_with_a_key_is_done_once(empty().await.as_ref()).await;
    jobs::jobs_are_given_out_once_and_in_order(empty().await.as_ref()).await;
    objects::objects_are_created_and_updated(empty().await.as_ref()).await;
    objects::an_older_change_of_an_object_loses(empty().await.as_ref()).await;
    relationships::people_and_objects_are_related_from_either_side(empty().await.as_ref()).await;
    relationships::who_cannot_be_related_is_left_out(empty().await.as_ref()).await;
    relationships::an_identify_relates(empty().await.as_ref()).await;
    objects::a_removed_object_leaves_no_relationship(empty().await.as_ref()).await;
    relationships::a_removed_person_leaves_no_relationship(empty().await.as_ref()).await;
    relationships::a_visitor_s_relationships_become_the_person_s(empty().await.as_ref()).await;
    relationships::a_merge_hands_relationships_over(empty().await.as_ref()).await;
    objects::objects_of_workspaces_are_separate(empty().await.as_ref()).await;
    relationships::relationships_are_listed_in_pages(empty().await.as_ref()).await;
    visitors::events_of_thirty_days_become_the_person_s(empty().await.as_ref()).await;
    visitors::late_events_attach_for_five_minutes(empty().await.as_ref()).await;
    visitors::a_visitor_is_one_person(empty().await.as_ref()).await;
    visitors::invites_stay_apart(empty().await.as_ref()).await;
    visitors::a_visitor_s_name_finds_the_person(empty().await.as_ref()).await;
    visitors::who_goes_leaves_no_visitor(empty().await.as_ref()).await;
    visitors::visitors_of_workspaces_are_separate(empty().await.as_ref()).await;
    merges::the_primary_gets_what_it_lacks(empty().await.as_ref()).await;
    merges::recent_events_and_all_messages_move(empty().await.as_ref()).await;
    merges::segments_and_visitors_move(empty().await.as_ref()).await;
    merges::without_a_primary_nothing_happens(empty().await.as_ref()).await;
    segments::segments_are_created_listed_and_removed(empty().await.as_ref()).await;
    segments::people_are_put_in_and_taken_out(empty().await.as_ref()).await;
    segments::a_segment_that_is_not_there_has_no_members(empty().await.as_ref()).await;
    segments::who_goes_is_no_member(empty().await.as_ref()).await;
    segments::pages_hold_every_member_once(empty().await.as_ref()).await;
    reports::the_first_report_of_a_metric_counts(empty().await.as_ref()).await;
    reports::a_failure_keeps_its_first_reason(empty().await.as_ref()).await;
    reports::a_delivery_is_found_across_workspaces(empty().await.as_ref()).await;
    reports::an_unsubscribe_is_the_person_s_and_the_message_s(empty().await.as_ref()).await;
    reports::a_report_of_who_was_deleted_names_nobody(empty().await.as_ref()).await;
    reports::a_report_of_who_was_suppressed_names_nobody(empty().await.as_ref()).await;
    looks::a_look_says_who_looked(empty().await.as_ref()).await;
    looks::a_click_is_an_open_too(empty().await.as_ref()).await;
    series::a_message_counts_in_its_hour_and_once(empty().await.as_ref()).await;
    series::every_end_of_an_attempt_counts(empty().await.as_ref()).await;
    series::what_must_not_leave_counts(empty().await.as_ref()).await;
    series::a_broadcast_counts_as_a_whole_and_by_action(empty().await.as_ref()).await;
    series::links_count_all_clicks_and_those_of_each_message(empty().await.as_ref()).await;
    series::links_are_bounded(empty().await.as_ref()).await;
    reports::forms_are_registered_by_submissions(empty().await.as_ref()).await;
    log::the_log_holds_everybody_s_activities(empty().await.as_ref()).await;
    log::what_was_refused_is_logged_without_a_name(empty().await.as_ref()).await;
    log::messages_are_in_the_log(empty().await.as_ref()).await;
    log::who_went_leaves_one_line(empty().await.as_ref()).await;
    content::a_list_is_made_whole_or_not_at_all(empty().await.as_ref()).await;
    content::snippets_are_kept_by_name(empty().await.as_ref()).await;
    content::snippets_are_bounded_together(empty().await.as_ref()).await;
    definitions::every_change_of_a_definition_is_another_revision(empty().await.as_ref()).await;
    definitions::a_list_is_refused_if_the_workspace_changed(empty().await.as_ref()).await;
    definitions::segments_of_a_list_may_ask_for_each_other(empty().await.as_ref()).await;
    definitions::a_segment_s_name_must_be_one_s_own(empty().await.as_ref()).await;
    definitions::what_is_tried_is_not_made(empty().await.as_ref()).await;
    collections::collections_are_made_changed_and_removed(empty().await.as_ref()).await;
    collections::rows_are_replaced_as_a_whole(empty().await.as_ref()).await;
    collections::collections_are_bounded(empty().await.as_ref()).await;
    senders::senders_are_put_by_name_and_contact(empty().await.as_ref()).await;
    senders::pages_hold_every_sender_once(empty().await.as_ref()).await;
    subscriptions::topics_are_put_by_number(empty().await.as_ref()).await;
    subscriptions::the_preference_center_keeps_its_texts(empty().await.as_ref()).await;
    messages::transactional_messages_are_put_by_name(empty().await.as_ref()).await;
    messages::a_message_keeps_its_channel(empty().await.as_ref()).await;
    messages::parts_of_a_message_change_alone(empty().await.as_ref()).await;
    messages::a_template_is_whole_in_any_language(empty().await.as_ref()).await;
    messages::layouts_are_kept_by_name(empty().await.as_ref()).await;
    messages::messages_are_bounded_together(empty().await.as_ref()).await;
    broadcasts::broadcasts_are_put_by_name(empty().await.as_ref()).await;
    broadcasts::parts_of_an_action_change_alone(empty().await.as_ref()).await;
    usages::layouts_and_topics_stay_while_they_are_named(empty().await.as_ref()).await;
    usages::snippets_stay_while_they_are_named(empty().await.as_ref()).await;
    usages::segments_stay_while_a_broadcast_is_for_them(empty().await.as_ref()).await;
    usages::who_sends_is_known_by_where_from(empty().await.as_ref()).await;
    suppressions::addresses_are_suppressed_by_reason(empty().await.as_ref()).await;
    suppressions::a_suppression_holds_for_its_domain(empty().await.as_ref()).await;
    suppressions::pages_hold_every_suppression_once(empty().await.as_ref()).await;
    opt_outs::people_opt_out_and_back_in(empty().await.as_ref()).await;
    opt_outs::who_goes_leaves_no_opt_outs(empty().await.as_ref()).await;
    opt_outs::a_merge_hands_opt_outs_over(empty().await.as_ref()).await;
    opt_outs::pages_hold_everybody_once(empty().await.as_ref()).await;
    conditions::a_filter_finds_the_same_with_an_index(empty().await.as_ref()).await;
    conditions::a_cursor_stays_where_it_was(empty().await.as_ref()).await;
    conditions::a_broken_cursor_is_refused(empty().await.as_ref()).await;
    conditions::names_are_found_as_they_are_claimed(empty().await.as_ref()).await;
    conditions::values_are_found_whole(empty().await.as_ref()).await;
    conditions::filters_stay_in_their_workspace(empty().await.as_ref()).await;
    data_driven::a_segment_fills_and_then_follows(empty().await.as_ref()).await;
    following::a_segment_follows_names(empty().await.as_ref()).await;
    following::a_segment_follows_others(empty().await.as_ref()).await;
    following::a_segment_follows_events_and_their_data(empty().await.as_ref()).await;
    following::who_is_created_merged_or_removed_is_followed(empty().await.as_ref()).await;
    following::what_a_visitor_did_counts_once_they_are_somebody(empty().await.as_ref()).await;
    passing_time::events_of_the_last_days_count_to_the_second(empty().await.as_ref()).await;
    passing_time::events_to_come_and_late_ones_count_in_their_time(empty().await.as_ref()).await;
    passing_time::many_events_to_come_hide_none_that_counts(empty().await.as_ref()).await;
    passing_time::a_clock_that_steps_back_loses_nobody(empty().await.as_ref()).await;
    passing_time::dates_come_near_and_pass(empty().await.as_ref()).await;
    data_driven::another_condition_is_built_anew_and_a_name_is_not(empty().await.as_ref()).await;
    data_driven::what_cannot_be_is_refused(empty().await.as_ref()).await;
    data_driven::nobody_is_put_into_a_data_driven_segment(empty().await.as_ref()).await;
    data_driven::segments_of_workspaces_are_separate(empty().await.as_ref()).await;
    whole::workspaces_are_separate(empty().await.as_ref()).await;
    whole::a_workspace_knows_how_much_it_holds(empty().await.as_ref()).await;
    whole::a_call_is_applied_in_order(empty().await.as_ref()).await;
    whole::a_call_is_never_seen_half_done(empty().await.as_ref()).await;
    whole::everyone_reads_what_they_wrote(empty().await.as_ref()).await;
    whole::a_closed_store_says_so(empty().await.as_ref()).await;
    transfers::exports_and_imports_read_back(empty().await.as_ref()).await;
    transfers::transfers_wait_in_a_queue_of_their_own(empty().await.as_ref()).await;
    transfers::a_transfer_belongs_to_its_lease(empty().await.as_ref()).await;
    transfers::a_transfer_is_tried_again_or_given_up(empty().await.as_ref()).await;
    transfers::rows_are_taken_in_with_how_far_it_is(empty().await.as_ref()).await;
    transfers::only_the_rows_that_are_wanted_are_taken(empty().await.as_ref()).await;
    transfers::reasons_are_kept_of_so_many_rows(empty().await.as_ref()).await;
    transfers::what_ended_is_forgotten_after_a_while(empty().await.as_ref()).await;
    triggers::people_are_found_by_their_names(empty().await.as_ref()).await;
    triggers::triggers_are_numbered_by_broadcast(empty().await.as_ref()).await;
    triggers::a_list_is_one_trigger_s_own(empty().await.as_ref()).await;
    triggers::a_trigger_with_errors_has_failed(empty().await.as_ref()).await;
    triggers::so_many_triggers_of_a_broadcast_wait(empty().await.as_ref()).await;
    fan_out::a_step_is_taken_with_how_far_it_is(empty().await.as_ref()).await;
    fan_out::a_trigger_is_tried_again_or_given_up(empty().await.as_ref()).await;
    fan_out::errors_are_read_from_any_of_them_on(empty().await.as_ref()).await;
    triggers::a_trigger_with_a_key_is_taken_once(empty().await.as_ref()).await;
    triggers::lists_of_nobody_are_forgotten(empty().await.as_ref()).await;
    triggers::a_broadcast_knows_when_it_was_first_triggered(empty().await.as_ref()).await;
    reporting_webhooks::webhooks_are_made_changed_and_removed(empty().await.as_ref()).await;
    reporting_webhooks::what_happens_to_messages_waits(empty().await.as_ref()).await;
    reporting_webhooks::opens_and_clicks_wait_once(empty().await.as_ref()).await;
    reporting_webhooks::looks_wait_with_who_looked(empty().await.as_ref()).await;
    reporting_webhooks::subscriptions_wait_when_they_change(empty().await.as_ref()).await;
    reporting_webhooks::who_goes_is_not_named(empty().await.as_ref()).await;
    telling::what_was_told_does_not_come_again(empty().await.as_ref()).await;
    telling::a_lost_lease_tells_nothing(empty().await.as_ref()).await;
    telling::what_could_not_be_told_waits(empty().await.as_ref()).await;
    telling::what_waited_too_long_is_given_up(empty().await.as_ref()).await;
    telling::a_changed_webhook_is_tried_at_once(empty().await.as_ref()).await;
    telling::a_webhook_that_is_off_drops_what_waits(empty().await.as_ref()).await;
    telling::a_webhook_that_is_removed_leaves_nothing(empty().await.as_ref()).await;
    closed_stores_say_so(empty().await.as_ref()).await;
}

async fn pepper_and_workspaces_are_kept(store: &dyn Store) {
    assert_eq!(store.pepper([1; 32]).await.unwrap(), [1; 32]);
    assert_eq!(
        store.pepper([2; 32]).await.unwrap(),
        [1; 32],
        "the first one is kept"
    );
    let new = |name: &str| NewWorkspace {
        name: name.to_owned(),
        region: Region::Eu,
        created_at: NOW,
    };
    let (first, _) = store.create_workspace(new("a"), vec![]).await.unwrap();
    let (second, _) = store.create_workspace(new("b"), vec![]).await.unwrap();
    assert_eq!((first.id, second.id), (WorkspaceId(1), WorkspaceId(2)));
    assert_eq!(store.workspaces().await.unwrap(), [first, second.clone()]);
    let renamed = store.rename_workspace(second.id, "c".to_owned());
    let renamed = renamed.await.unwrap().unwrap();
    assert_eq!(
        (renamed.id, renamed.details.name.as_str()),
        (second.id, "c")
    );
    assert_eq!(store.workspaces().await.unwrap()[1], renamed);
    let nobody = store.rename_workspace(WorkspaceId(9), "c".to_owned());
    assert_eq!(nobody.await.unwrap(), None);
}

async fn workspaces_are_separate(store: &dyn Store) {
    let event = Operation::Track {
        person: id("1"),
        event: event("e", Some("same-id")),
    };
    for workspace in [WorkspaceId(1), WorkspaceId(2)] {
        let outcomes = store
            .apply(workspace, NOW, vec![event.clone()])
            .await
            .unwrap();
        assert_eq!(
            outcomes,
            [Outcome::Applied],
            "an event id is the workspace's own"
        );
    }
    apply(store, Operation::Delete(id("1"))).await;
    assert!(person(store, "1").await.is_none());
    assert!(
        store
            .person(WorkspaceId(2), id("1"))
            .await
            .unwrap()
            .is_some()
    );
}

/// Many callers at once, each reading what it was just told is stored.
async fn what_was_answered_is_read(store: Arc<dyn Store>) {
    let one = |caller: usize, store: Arc<dyn Store>| async move {
        for n in 0..20 {
            let name = format!("{caller}-{n}");
            apply(store.as_ref(), identify(&name, &[("n", "1")])).await;
            assert!(person(store.as_ref(), &name).await.is_some(), "{name}");
        }
    };
    let mut callers: Vec<std::pin::Pin<Box<dyn Future<Output = ()> + Send>>> = Vec::new();
    for caller in 0..32 {
        callers.push(Box::pin(one(caller, Arc::clone(&store))));
    }
    // All of them are polled in turn, so that many calls wait in the store at a time.
    std::future::poll_fn(|context| {
        callers.retain_mut(|caller| caller.as_mut().poll(context).is_pending());
        if callers.is_empty() {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
}

async fn closed_stores_say_so(store: &dyn Store) {
    apply(store, identify("1", &[])).await;
    store.close().await.unwrap();
    assert!(
        store
            .apply(WORKSPACE, NOW, vec![identify("2", &[])])
            .await
            .is_err()
    );
    assert!(store.person(WORKSPACE, id("1")).await.is_err());
}

async fn apply(store: &dyn Store, operation: Operation) -> Outcome {
    apply_at(store, NOW, operation).await
}

async fn apply_at(store: &dyn Store, at: UnixMillis, operation: Operation) -> Outcome {
    let outcomes = store.apply(WORKSPACE, at, vec![operation]).await.unwrap();
    assert_eq!(outcomes.len(), 1, "one outcome per operation");
    outcomes[0]
}

async fn person(store: &dyn Store, name: &str) -> Option<Person> {
    store.person(WORKSPACE, id(name)).await.unwrap()
}

fn id(value: &str) -> Identifier {
    Identifier::Id(value.to_owned())
}

fn email(value: &str) -> Identifier {
    Identifier::Email(value.to_owned())
}

fn identify(name: &str, attributes: &[(&str, &str)]) -> Operation {
    Operation::Identify(Identify {
        attributes: changes(attributes),
        ..Identify::new(id(name))
    })
}

fn changes(attributes: &[(&str, &str)]) -> Vec<(String, cio_domain::attribute::Change)> {
    attributes
        .iter()
        .map(|(name, json)| {
            (
                (*name).to_owned(),
                cio_domain::attribute::Change::from_json(json),
            )
        })
        .collect()
}

fn event(name: &str, id: Option<&str>) -> Event {
    Event {
        kind: EventKind::Event,
        name: name.to_owned(),
        id: id.map(str::to_owned),
        timestamp: None,
        data: Some("{\"a\":1}".to_owned()),
    }
}
