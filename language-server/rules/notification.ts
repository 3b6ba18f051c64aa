/**
 * Providers and Alerts that can't work: a provider without what its type needs, and sources that are chosen in a way that is not
 * heard. Source: `fluxcd/notification-controller internal/notifier/factory.go` and `api/v1beta3`.
 */
import { isFluxKind } from "#simulator";

import { flux } from "../manifest/flux-names.ts";
import { mayBePatched } from "../model/patched.ts";
import { referencesOf } from "../manifest/references.ts";
import { lookup } from "../model/lookup.ts";
import type { Finding, Rule, RuleContext } from "./rule.ts";

export const notification: Rule = {
  meta: {
    code: "flux/notification",
    severity: "error",
    summary: "A Provider or an Alert that can't send anything.",
    roles: ["manifest"],
    needs: "workspace",
    fixable: false,
  },
  *check(context) {
    if (isFluxKind(context.document, flux.Provider)) yield* provider(context);
    if (isFluxKind(context.document, flux.Alert)) yield* alert(context);
  },
};

const commitStatus = ["github", "gitlab", "gitea", "bitbucketserver", "bitbucket", "azuredevops"];
/** The address may come from the Secret. */
const needsAddress = [
  "generic",
  "generic-hmac",
  "slack",
  "discord",
  "msteams",
  "rocket",
  "googlechat",
  "webex",
  "sentry",
  "alertmanager",
  "grafana",
  "matrix",
  "opsgenie",
  "lark",
  "telegram",
  "pagerduty",
  "nats",
  "azureeventhub",
  ...commitStatus,
];
const needsSecret = [
  ...commitStatus,
  "githubdispatch",
  "telegram",
  "matrix",
  "opsgenie",
  "generic-hmac",
  "webex",
  "datadog",
];
const needsChannel = ["googlepubsub", "nats", "telegram", "matrix"];
const hasDefaultAddress = new Set([
  "telegram",
  "pagerduty",
  "opsgenie",
  "azureeventhub",
  "slack",
  "datadog",
]);

function* provider({ document, root, model, file }: RuleContext): Generator<Finding> {
  const spec = root.get("spec");
  const type = spec?.get("type");
  const name = type?.text;
  if (!spec || !type || name === undefined || mayBePatched(model.graph, file.path, document))
    return;
  const has = (key: string): boolean => spec.get(key) !== undefined;
  // Workload identity stands in for a Secret where the provider knows it.
  const isIdentity = has("serviceAccountName");
  if (needsSecret.includes(name) && !has("secretRef") && !isIdentity)
    yield {
      span: type.span,
      message: `A Provider of type ${name} needs spec.secretRef with its token; without it nothing is sent.`,
    };
  if (
    needsAddress.includes(name) &&
    !has("address") &&
    !has("secretRef") &&
    !hasDefaultAddress.has(name)
  )
    yield {
      span: type.span,
      message: `A Provider of type ${name} needs spec.address, or an address in its Secret; without it nothing is sent.`,
    };
  if (needsChannel.includes(name) && !has("channel"))
    yield {
      span: type.span,
      message: `A Provider of type ${name} needs spec.channel; without it nothing is sent.`,
    };
}

function* alert(context: RuleContext): Generator<Finding> {
  const { root, document } = context;
  for (const source of root.at("spec", "eventSources")?.items ?? []) {
    const [name, labels] = [source.get("name"), source.get("matchLabels")];
    if (labels && name?.text !== undefined && name.text !== "*")
      yield {
        span: labels.keySpan ?? labels.span,
        severity: "warning",
        message: `matchLabels is only heard with name: "*"; here ${name.text} alone is chosen.`,
      };
  }
  const type = providerType(context);
  if (type === undefined || !commitStatus.includes(type)) return;
  for (const source of root.at("spec", "eventSources")?.items ?? []) {
    const kind = source.get("kind");
    if (kind?.text === undefined || kind.text.includes("${") || reportsCommit.has(kind.text))
      continue;
    yield {
      span: kind.span,
      severity: "warning",
      message: `A commit status needs the revision of a Git source, which a ${kind.text} does not report, so ${document.name} sends nothing for it.`,
    };
  }
}

const reportsCommit: ReadonlySet<string> = new Set([
  flux.Kustomization,
  flux.GitRepository,
  flux.ImageUpdateAutomation,
  flux.HelmRelease,
  flux.OCIRepository,
  flux.ResourceSet,
  flux.ArtifactGenerator,
  flux.ExternalArtifact,
  flux.FluxInstance,
]);

/** Of the Provider, when it is written here once. */
function providerType({ document, model }: RuleContext): string | undefined {
  const reference = referencesOf(document).find(({ kind }) => kind === flux.Provider);
  if (!reference) return undefined;
  const found = lookup(model, { kind: flux.Provider, name: reference.name, namespace: undefined });
  if (found.outcome !== "found" || found.written.length !== 1) return undefined;
  return model
    .manifest(found.written[0]?.path ?? "")
    ?.parts.find(
      ({ document: one }) => isFluxKind(one, flux.Provider) && one.name === reference.name,
    )
    ?.document.root?.at("spec", "type")?.text;
}
