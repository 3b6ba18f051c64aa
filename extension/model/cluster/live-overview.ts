/** The clusters at a glance: welcome text, badge, status bar. Pure. */
import { count } from "../words.ts";
import type { ClusterView } from "./live-tree.ts";
import { isFailing, needsAttention } from "./live-tree.ts";

/** The value of the context key `sluice.clusterState`: which welcome text the empty views show. */
export type ClusterWelcome =
  | "untrusted"
  | "starting"
  | "no-kubeconfig"
  | "bad-kubeconfig"
  | "no-contexts"
  | "not-connected"
  | "connecting"
  | "failed"
  | "no-flux"
  | "connected";

interface KubeconfigFacts {
  readonly contexts: readonly unknown[];
  readonly problems: readonly { readonly message: string }[];
}

export function welcomeOf(
  views: readonly ClusterView[],
  kubeconfig: KubeconfigFacts | undefined,
  { loaded, trusted }: { readonly loaded: boolean; readonly trusted: boolean },
): ClusterWelcome {
  if (!trusted) return "untrusted";
  if (!loaded || kubeconfig === undefined) return "starting";
  if (kubeconfig.contexts.length === 0) {
    if (kubeconfig.problems.some(({ message }) => message.startsWith("There is no")))
      return "no-kubeconfig";
    return kubeconfig.problems.length > 0 ? "bad-kubeconfig" : "no-contexts";
  }
  const states = views.flatMap(({ state }) => (state === undefined ? [] : [state]));
  if (states.length === 0) return "not-connected";
  if (states.some((state) => state.kind === "connected" && state.kinds > 0)) return "connected";
  if (states.some(({ kind }) => kind === "connecting")) return "connecting";
  return states.some(({ kind }) => kind === "connected") ? "no-flux" : "failed";
}

export function badgeOf(
  views: readonly ClusterView[],
  counted: "off" | "failed" | "attention",
): { readonly value: number; readonly tooltip: string } | undefined {
  if (counted === "off") return undefined;
  const wanted = counted === "failed" ? isFailing : needsAttention;
  const value = tally(views, wanted);
  const what = counted === "failed" ? "failing object" : "object";
  const rest = counted === "failed" ? "" : " that need attention";
  return value === 0 ? undefined : { value, tooltip: `${count(value, what)}${rest}` };
}

export interface StatusItem {
  readonly text: string;
  readonly tooltip: string;
  readonly accessibleLabel: string;
}

/** `undefined` when no cluster is connected. */
export function statusItem(views: readonly ClusterView[]): StatusItem | undefined {
  const open = views.filter(({ state }) => state !== undefined);
  const [first] = open;
  if (first === undefined) return undefined;
  const name = open.length === 1 ? first.context : count(open.length, "cluster");
  const failing = tally(open, isFailing);
  const suspended = tally(open, ({ status }) => status.state === "suspended");
  const connecting = open.some(({ state }) => state?.kind === "connecting");
  const broken = open.some(({ state }) => state?.kind === "failed");
  const words = [
    connecting ? "connecting" : "",
    broken ? "connection failed" : "",
    failing > 0 ? `${failing} failing` : "",
    suspended > 0 ? `${suspended} suspended` : "",
  ].filter(Boolean);
  const said = words.join(", ") || "all is well";
  const settledIcon = failing > 0 || broken ? "error" : "pass";
  const icon = connecting ? "sync~spin" : settledIcon;
  const counts = [
    failing > 0 ? ` $(error) ${failing}` : "",
    suspended > 0 ? ` $(debug-pause) ${suspended}` : "",
  ].join("");
  return {
    text: `$(${icon}) ${name}${counts}`,
    tooltip: `Flux in ${name}: ${said}`,
    accessibleLabel: `Flux in ${name}: ${said}`,
  };
}

function tally(
  views: readonly ClusterView[],
  wanted: (entry: Parameters<typeof isFailing>[0]) => boolean,
): number {
  let total = 0;
  for (const { index } of views) for (const entry of index.all()) if (wanted(entry)) total++;
  return total;
}
