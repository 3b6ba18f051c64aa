// Which events go where, after notification-controller.
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";

import type { JsonObject } from "#simulator";
import {
  routeNotifications,
  type NotificationOptions,
  type Notifications,
} from "../../../simulator/flux/notifications.ts";

const apps = `
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system, labels: {team: a}}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: infra, namespace: flux-system}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: app, namespace: web}
---
apiVersion: notification.toolkit.fluxcd.io/v1beta3
kind: Provider
metadata: {name: slack, namespace: flux-system}
spec: {type: slack, channel: general, address: "https://user:token@hooks.example.com/services/T0/secret"}
---
apiVersion: notification.toolkit.fluxcd.io/v1beta3
kind: Provider
metadata: {name: status, namespace: flux-system}
spec: {type: github, secretRef: {name: token}, suspend: true}
`;

function routes(text: string, options?: NotificationOptions): Notifications {
  const objects = parseAllDocuments(`${apps}---\n${text}`).map((each) => each.toJS() as JsonObject);
  return routeNotifications(objects, options);
}

function alert(spec: string): string {
  return `apiVersion: notification.toolkit.fluxcd.io/v1beta3
kind: Alert
metadata: {name: alert, namespace: flux-system}
spec: ${spec}
`;
}

const codes = ({ problems }: Notifications): readonly string[] => problems.map(({ code }) => code);
const sources = (found: Notifications): readonly string[] =>
  found.alerts[0]?.sources.map(({ kind, namespace, name }) => `${kind}/${namespace}/${name}`) ?? [];

describe("an Alert", () => {
  it("has the objects that its sources match, each once", () => {
    const found = routes(
      alert(
        `{providerRef: {name: slack}, eventSources: [{kind: Kustomization, name: "*"}, {kind: Kustomization, name: apps}, {kind: HelmRelease, name: app, namespace: web}]}`,
      ),
    );
    expect(sources(found)).toEqual([
      "Kustomization/flux-system/apps",
      "Kustomization/flux-system/infra",
      "HelmRelease/web/app",
    ]);
    expect(found.alerts[0]).toMatchObject({ severity: "info", suspended: false });
    expect(codes(found)).toEqual([]);
  });

  it("means its own namespace where none is written", () => {
    const found = routes(
      alert(`{providerRef: {name: slack}, eventSources: [{kind: HelmRelease, name: "*"}]}`),
    );
    expect(sources(found)).toEqual([]);
    expect(codes(found)).toEqual(["nothing-matches"]);
  });

  it("looks at labels", () => {
    const found = routes(
      alert(
        `{providerRef: {name: slack}, eventSources: [{kind: Kustomization, name: "*", matchLabels: {team: a}}]}`,
      ),
    );
    expect(sources(found)).toEqual(["Kustomization/flux-system/apps"]);
  });

  it("shows of an address the host alone", () => {
    const found = routes(alert(`{providerRef: {name: slack}, eventSources: []}`));
    expect(found.alerts[0]?.target).toEqual({
      provider: expect.objectContaining({ name: "slack" }) as unknown,
      type: "slack",
      channel: "general",
      host: "hooks.example.com",
      delivery: "message",
      suspended: false,
    });
    expect(JSON.stringify(found)).not.toMatch(/token@|secret/u);
  });

  it("becomes a commit status with a Git provider", () => {
    const found = routes(
      alert(`{providerRef: {name: status}, eventSeverity: error, eventSources: []}`),
    );
    expect(found.alerts[0]).toMatchObject({
      severity: "error",
      target: { delivery: "commit status", suspended: true },
    });
  });

  it.each([
    [`{providerRef: {name: absent}, eventSources: []}`, "provider-missing"],
    [
      `{providerRef: {name: slack}, eventSources: [{kind: Kustomization, name: other}]}`,
      "nothing-matches",
    ],
    [
      `{providerRef: {name: slack}, eventSources: [{kind: Kustomization, name: apps, matchLabels: {team: b}}]}`,
      "nothing-matches",
    ],
    [
      `{providerRef: {name: slack}, eventSources: [], inclusionList: ["(", "(?i)fine (?P<x>a)"]}`,
      "invalid-expression",
    ],
    [`{providerRef: 7, eventSources: x}`, "provider-missing"],
  ])("%s has the problem %s", (spec, code) => {
    expect(codes(routes(alert(spec)))).toEqual([code]);
  });

  it("stays in its namespace where the controller is told so", () => {
    const text = alert(
      `{providerRef: {name: slack}, eventSources: [{kind: HelmRelease, name: app, namespace: web}]}`,
    );
    expect(codes(routes(text, { noCrossNamespaceRefs: true }))).toEqual(["cross-namespace"]);
  });

  it("needs an address from somewhere", () => {
    const provider = `apiVersion: notification.toolkit.fluxcd.io/v1beta3
kind: Provider
metadata: {name: bare, namespace: flux-system}
spec: {type: discord}
---
`;
    const found = routes(provider + alert(`{providerRef: {name: bare}, eventSources: []}`));
    expect(codes(found)).toEqual(["incomplete"]);
  });
});

describe("a Receiver", () => {
  it("wakes what it names, and needs a token", () => {
    const found = routes(`apiVersion: notification.toolkit.fluxcd.io/v1
kind: Receiver
metadata: {name: hook, namespace: flux-system}
spec: {type: github, events: [push], resources: [{kind: Kustomization, name: apps}, {kind: GitRepository, name: absent}]}
`);
    expect(found.receivers[0]).toMatchObject({ type: "github", events: ["push"] });
    expect(found.receivers[0]?.resources.map(({ name }) => name)).toEqual(["apps"]);
    expect(codes(found)).toEqual(["incomplete", "nothing-matches"]);
  });
});
