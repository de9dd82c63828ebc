// Makes the calls it is told to, one line of JSON each, with the official Node SDK.
import readline from "node:readline";
import * as sdk from "customerio-node";

const { CUSTOMERIO_URL: url, CUSTOMERIO_SITE_ID: siteId } = process.env;
const track = new sdk.TrackClient(siteId, process.env.CUSTOMERIO_TRACK_API_KEY, { url: `${url}/api/v1` });
const api = new sdk.APIClient(process.env.CUSTOMERIO_APP_API_KEY, { url: `${url}/v1` });
const cdp = new sdk.PipelinesClient(process.env.CUSTOMERIO_PIPELINES_WRITE_KEY, { url: `${url}/v1` });

// Which of the SDK's methods were called, so that none is forgotten.
const methods = new Set();
const called = new Set();
for (const kind of [sdk.TrackClient, sdk.APIClient, sdk.PipelinesClient]) {
  for (const name of Object.getOwnPropertyNames(kind.prototype)) {
    if (name === "constructor") continue;
    const method = kind.prototype[name];
    methods.add(`${kind.name}.${name}`);
    kind.prototype[name] = function (...values) {
      called.add(`${kind.name}.${name}`);
      return method.apply(this, values);
    };
  }
}

class Lacks extends Error {}
const lacks = (why) => { throw new Lacks(why); };

// A person is a text, or {id}, {email} or {cio_id}.
const kindOf = (person) => (typeof person === "string" ? "id" : Object.keys(person)[0]);
const valueOf = (person) => (typeof person === "string" ? person : Object.values(person)[0]);
const inTrackPath = (person) => (kindOf(person) === "cio_id" ? "cio_" : "") + valueOf(person);
const typeUnlessId = (people) => (kindOf(people[0]) === "id" ? undefined : kindOf(people[0]));
const event = ({ kind, ...rest }) => (kind ? { type: kind, ...rest } : rest);
const device = ({ token, platform, last_used, attributes }) =>
  ({ token, platform, ...(last_used && { last_used }), ...(attributes && { attributes }) });
const list = ({ since, until, kind, named, person, tracked_responses, ...rest }) => ({
  ...rest,
  ...(since && { start_ts: since }), ...(until && { end_ts: until }),
  ...(kind && { type: kind }), ...(named && { name: named }),
  ...(tracked_responses !== undefined && { get_tracked_responses: tracked_responses }),
});
const message = ({ device: pushDevice, ...rest }) => ({ ...rest, ...(pushDevice && { device: device(pushDevice) }) });

const calls = {
  identify: (a) => track.identify(inTrackPath(a.person), a.attributes),
  destroy: (a) => track.destroy(inTrackPath(a.person)),
  suppress: (a) => track.suppress(inTrackPath(a.person)),
  unsuppress: (a) => track.unsuppress(inTrackPath(a.person)),
  track: (a) => track.track(inTrackPath(a.person), event(a.event)),
  track_anonymous: (a) => track.trackAnonymous(a.anonymous_id, event(a.event)),
  page_view: (a) => (a.data ? lacks("page views have no data") : track.trackPageView(inTrackPath(a.person), a.page)),
  backfill: (a) => track.track(inTrackPath(a.person), { name: a.name, data: a.data, timestamp: a.timestamp }),
  add_device: ({ person, device: { token, platform, attributes, ...rest } }) =>
    track.addDevice(inTrackPath(person), token, platform, { ...rest, ...attributes }),
  delete_device: (a) => track.deleteDevice(inTrackPath(a.person), a.token),
  merge_customers: (a) =>
    track.mergeCustomers(kindOf(a.primary), valueOf(a.primary), kindOf(a.secondary), valueOf(a.secondary)),
  report_push_event: (a) => track.trackPush(a),
  report_metric: (a) => track.reportMetric(a),
  region: () => track.getAccountRegion(),
  entity: (a) => track.entity(a.operation),
  batch: (a) => track.batch(a.operations),
  add_to_segment: (a) => track.addCustomersToSegment(a.segment, a.people.map(valueOf), typeUnlessId(a.people)),
  remove_from_segment: (a) =>
    track.removeCustomersFromSegment(a.segment, a.people.map(valueOf), typeUnlessId(a.people)),
  submit_form: (a) => track.submitForm(a.form, { ...a.fields, [kindOf(a.person)]: valueOf(a.person) }),
  unsubscribe: (a) => track.unsubscribe(a.delivery_id),
  resubscribe: (a) => track.unsubscribe(a.delivery_id, false),

  send_email: ({ files = [], ...rest }) => {
    const request = new sdk.SendEmailRequest(rest);
    for (const file of files) request.attach(file.name, Buffer.from(file.bytes));
    return api.sendEmail(request);
  },
  send_push: (a) => api.sendPush(new sdk.SendPushRequest(message(a))),
  send_sms: (a) => api.sendSMS(new sdk.SendSMSRequest(a)),
  send_whatsapp: (a) => api.sendWhatsApp(new sdk.SendWhatsAppRequest(a)),
  send_in_app: (a) => api.sendInApp(new sdk.SendInAppRequest(a)),
  send_inbox_message: (a) => api.sendInboxMessage(new sdk.SendInboxMessageRequest(a)),
  trigger_broadcast: (a) => {
    const { filter, people, flags, ...audience } = a.audience ?? {};
    const recipients = {
      ...audience, ...flags, ...filter,
      ...(people && { per_user_data: people.map(({ person, data }) => ({ [kindOf(person)]: valueOf(person), data })) }),
    };
    return api.triggerBroadcast(a.broadcast, a.data, recipients);
  },
  broadcast_status: (a) => api.getBroadcastTriggerStatus(a.broadcast, a.trigger),
  broadcast_errors: ({ broadcast, trigger, ...rest }) => api.getBroadcastTriggerErrors(broadcast, trigger, rest),

  customers_by_email: (a) => api.getCustomersByEmail(a.email),
  customers_search: ({ filter, ...rest }) => api.searchCustomers(filter, rest),
  customers_by_ids: (a) =>
    kindOf(a.people[0]) === "id" ? api.getCustomersAttributes(a.people.map(valueOf)) : lacks("people by id only"),
  customer_attributes: (a) => api.getAttributes(valueOf(a.person), kindOf(a.person)),
  customer_segments: (a) => api.getCustomerSegments(valueOf(a.person), kindOf(a.person)),
  customer_messages: (a) => api.getCustomerMessages(valueOf(a.person), { idType: kindOf(a.person), ...list(a) }),
  customer_activities: (a) => api.getCustomerActivities(valueOf(a.person), { idType: kindOf(a.person), ...list(a) }),
  customer_relationships: (a) =>
    kindOf(a.person) === "id" ? api.getCustomerRelationships(valueOf(a.person), list(a)) : lacks("people by id only"),
  customer_subscriptions: (a) =>
    api.getCustomerSubscriptionPreferences(valueOf(a.person), { idType: kindOf(a.person), language: a.language }),

  list_segments: () => api.listSegments(),
  create_segment: (a) => api.createSegment(a),
  get_segment: (a) => api.getSegment(a.segment),
  delete_segment: (a) => api.deleteSegment(a.segment),
  segment_count: (a) => api.getSegmentCustomerCount(a.segment),
  segment_members: ({ segment, ...rest }) => api.getSegmentMembership(segment, rest),
  segment_used_by: (a) => api.getSegmentUsedBy(a.segment),

  list_messages: (a) => {
    const { campaign, newsletter, action, ...rest } = list(a);
    return api.getMessages({ ...rest, campaign_id: campaign, newsletter_id: newsletter, action_id: action });
  },
  get_message: (a) => api.getMessage(a.message),
  archived_message: (a) => api.getArchivedMessage(a.message),
  list_activities: (a) =>
    api.listActivities({ ...list(a), ...(a.person && { customerId: valueOf(a.person), idType: kindOf(a.person) }) }),

  list_exports: () => api.listExports(),
  get_export: (a) => api.getExport(a.export),
  download_export: (a) => api.downloadExport(a.export),
  export_customers: (a) =>
    a.attributes ? lacks("exports of people have no attributes") : api.createCustomersExport(a.filter),
  export_deliveries: ({ newsletter, since, until, ...rest }) =>
    newsletter
      ? api.createDeliveriesExport(newsletter, { ...(since && { start: since }), ...(until && { end: until }), ...rest })
      : lacks("deliveries of newsletters only"),

  list_transactional: () => api.listTransactionalMessages(),
  get_transactional: (a) => api.getTransactionalMessage(a.template),
  transactional_contents: (a) => api.getTransactionalMessageContents(a.template),
  transactional_language: (a) => api.getTransactionalMessageLanguage(a.template, a.language),
  update_transactional_language: (a) => api.updateTransactionalMessageLanguage(a.template, a.language, a.change),
  update_transactional_content: (a) => api.updateTransactionalMessageContent(a.template, a.content, a.change),
  transactional_messages: (a) => api.getTransactionalMessageDeliveries(a.template, list(a)),
  transactional_metrics: (a) => api.getTransactionalMessageMetrics(a.template, a),
  transactional_links: (a) => api.getTransactionalMessageLinkMetrics(a.template, a),

  search_objects: ({ type, filter, ...rest }) => api.findObjects(type, filter, rest),
  object_attributes: (a) => api.getObjectAttributes(a.type, valueOf(a.object), a.object.cio_object_id ? "cio_object_id" : "object_id"),
  object_relationships: ({ type, object, ...rest }) =>
    api.getObjectRelationships(type, valueOf(object), { idType: object.cio_object_id ? "cio_object_id" : "object_id", ...rest }),
  object_types: () => api.listObjectTypes(),

  subscription_topics: () => api.listSubscriptionTopics(),
  subscription_channels: () => api.listSubscriptionChannels(),
  subscription_token: (a) =>
    kindOf(a.person) === "id" ? api.getSubscriptionCenterToken(valueOf(a.person)) : lacks("people by id only"),

  create_import: (a) => api.createImport(a),
  get_import: (a) => api.getImport(a.import),
  list_workspaces: () => api.listWorkspaces(),
  ip_addresses: () => api.getIpAddresses(),

  list_collections: () => api.listCollections(),
  create_collection: (a) => api.createCollection(a),
  get_collection: (a) => api.getCollection(a.collection),
  update_collection: (a) => api.updateCollection(a.collection, a.change),
  delete_collection: (a) => api.deleteCollection(a.collection),
  collection_content: (a) => api.getCollectionContent(a.collection),
  replace_collection_content: (a) => api.updateCollectionContent(a.collection, a.content),
  search_suppression: (a) => api.searchSuppression(a.email),
  list_suppressions: ({ kind, ...rest }) => api.getSuppressions(kind, rest),
  domain_suppressions: ({ domain, kind, ...rest }) => api.getDomainSuppressions(domain, kind, rest),
  add_suppression: (a) => api.createSuppression(a.kind, a.email),
  delete_suppression: (a) => api.deleteSuppression(a.kind, a.email),
  list_webhooks: () => api.listReportingWebhooks(),
  create_webhook: (a) => api.createReportingWebhook(a),
  get_webhook: (a) => api.getReportingWebhook(a.webhook),
  update_webhook: (a) => api.updateReportingWebhook(a.webhook, a.change),
  delete_webhook: (a) => api.deleteReportingWebhook(a.webhook),
  list_snippets: () => api.getSnippets(),
  create_snippet: (a) => api.createSnippet(a),
  put_snippet: (a) => api.updateSnippet(a),
  delete_snippet: (a) => api.deleteSnippet(a.name),
  list_senders: (a) => api.getSenderIdentities(a),
  get_sender: (a) => api.getSenderIdentity(a.sender),
  sender_used_by: (a) => api.getSenderIdentityUsedBy(a.sender),

  // A method of the SDK by its name, for what the other side makes as a request of its own.
  own_request: (a) => api[a.node[0]](...a.node.slice(1)),

  pipelines_identify: (a) => cdp.identify(a),
  pipelines_track: (a) => cdp.track(a),
  pipelines_page: (a) => cdp.page(a),
  pipelines_screen: (a) => cdp.screen(a),
  pipelines_group: (a) => cdp.group(a),
  pipelines_alias: (a) => cdp.alias(a),
  pipelines_batch: (a) => cdp.batch(a.items),
};

const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);
for await (const line of readline.createInterface({ input: process.stdin })) {
  const { call, with: values } = JSON.parse(line);
  try {
    if (!calls[call]) lacks("there is no such method");
    await calls[call](values);
    say({});
  } catch (error) {
    say(error instanceof Lacks ? { lacks: error.message } : { error: String(error?.stack ?? error) });
  }
}
say({ uncalled: [...methods].filter((name) => !called.has(name)), methods: [...methods] });
process.exit(0);
