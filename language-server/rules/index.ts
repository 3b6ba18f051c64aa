/** The list of rules. A new rule is a file and a line here; its page in `docs/rules` and its examples are asked for by tests. */
import { apiDeprecated, apiRemoved, kubernetesApi } from "./api-version.ts";
import { celExpr } from "./cel-expr.ts";
import { chartXor } from "./chart-xor.ts";
import { crdBeforeCr } from "./crd-before-cr.ts";
import { cron } from "./cron.ts";
import { dependsOnCycle } from "./depends-on-cycle.ts";
import { dependsOnKind } from "./depends-on-kind.ts";
import { deprecatedField } from "./deprecated-field.ts";
import { duplicateObject } from "./duplicate-object.ts";
import { duration } from "./duration.ts";
import { fileUnlisted } from "./file-unlisted.ts";
import { fluxVersion } from "./flux-version.ts";
import { gitRef } from "./git-ref.ts";
import { imageMarkerUnused } from "./image-marker-unused.ts";
import { imageMarker } from "./image-marker.ts";
import { k8sCel } from "./k8s-cel.ts";
import { k8sListMap } from "./k8s-list-map.ts";
import { k8sSchema } from "./k8s-schema.ts";
import { metadata } from "./metadata.ts";
import { modelineRedundant } from "./modeline-redundant.ts";
import { namespaceMissing } from "./namespace-missing.ts";
import { notification } from "./notification.ts";
import { patchNoTarget } from "./patch-no-target.ts";
import { pathNotFound } from "./path-not-found.ts";
import { pruneRisk } from "./prune-risk.ts";
import { receiver } from "./receiver.ts";
import { refCrossNamespaceDenied } from "./ref-cross-namespace-denied.ts";
import { refNamespace } from "./ref-namespace.ts";
import { refNotFound } from "./ref-not-found.ts";
import { regex } from "./regex.ts";
import { remoteBase } from "./remote-base.ts";
import { resourceMissing } from "./resource-missing.ts";
import type { Rule } from "./rule.ts";
import { secretKeys } from "./secret-keys.ts";
import { secretPlaintext } from "./secret-plaintext.ts";
import { semver } from "./semver.ts";
import { serviceAccount } from "./service-account.ts";
import { sourceKind } from "./source-kind.ts";
import { substituteStrategy } from "./substitute-strategy.ts";
import { suspended } from "./suspended.ts";
import { twoKinds } from "./two-kinds.ts";
import { valuesFromMissing } from "./values-from-missing.ts";
import { valuesSchema } from "./values-schema.ts";
import { valuesUnknownKey } from "./values-unknown-key.ts";
import { varSyntax } from "./var-syntax.ts";
import { varType } from "./var-type.ts";
import { varUndefined } from "./var-undefined.ts";
import { waitHealthchecks } from "./wait-healthchecks.ts";
import { yaml11 } from "./yaml11.ts";

export const rules: readonly Rule[] = [
  k8sSchema,
  k8sCel,
  varUndefined,
  varSyntax,
  varType,
  apiRemoved,
  apiDeprecated,
  refNotFound,
  refNamespace,
  refCrossNamespaceDenied,
  dependsOnCycle,
  dependsOnKind,
  pathNotFound,
  resourceMissing,
  fileUnlisted,
  secretPlaintext,
  valuesSchema,
  valuesUnknownKey,
  duplicateObject,
  pruneRisk,
  yaml11,
  chartXor,
  valuesFromMissing,
  semver,
  duration,
  celExpr,
  imageMarker,
  imageMarkerUnused,
  sourceKind,
  gitRef,
  regex,
  cron,
  patchNoTarget,
  deprecatedField,
  twoKinds,
  remoteBase,
  notification,
  receiver,
  waitHealthchecks,
  namespaceMissing,
  crdBeforeCr,
  serviceAccount,
  suspended,
  secretKeys,
  metadata,
  k8sListMap,
  modelineRedundant,
  substituteStrategy,
  fluxVersion,
  kubernetesApi,
];
