/** The three live views, their badge, welcome texts and the item in the status bar. What they say is decided in `model/cluster`. */
import { StatusBarAlignment, window, workspace } from "vscode";

import type { Clusters } from "../../cluster/clusters.ts";
import type { LiveNode, LiveTarget } from "../../model/cluster/live-node.ts";
import { nodeIds } from "../../model/cluster/live-node.ts";
import { badgeOf, statusItem, welcomeOf } from "../../model/cluster/live-overview.ts";
import type { ClusterView, TreeOptions } from "../../model/cluster/live-tree.ts";
import {
  attention,
  clusterChildren,
  clusterNode,
  groupChildren,
  objectChildren,
  sourceGroups,
} from "../../model/cluster/live-tree.ts";
import { countsBelow, liveTooltip } from "../../model/cluster/live-words.ts";
import { refusedWords } from "../../model/cluster/permission.ts";
import type { ClusterSettings } from "../../platform/cluster-settings.ts";
import { ContextKey } from "../../platform/context-key.ts";
import { WithDisposables } from "../../platform/disposables.ts";
import { LiveTreeView } from "./live-tree-view.ts";
import { Paced } from "./paced.ts";

const clustersViewId = "sluice.clusters";
/** Milliseconds between two drawings of everything: four a second are as many as anybody can read. */
const pace = 250;

export class LiveViews extends WithDisposables {
  readonly attention: LiveTreeView;
  readonly clusters: LiveTreeView;
  readonly sources: LiveTreeView;
  readonly #clusters: Clusters;
  readonly #settings: ClusterSettings;
  readonly #state = new ContextKey<string>("sluice.clusterState");
  readonly #readOnly = new ContextKey<boolean>("sluice.readOnly");
  readonly #statusBar = this.own(
    window.createStatusBarItem("sluice.cluster", StatusBarAlignment.Left, 9),
  );
  readonly #paced = this.own(new Paced(pace, () => this.#draw()));
  #filter = "";
  #loaded = false;

  constructor(clusters: Clusters, settings: ClusterSettings) {
    super();
    this.#clusters = clusters;
    this.#settings = settings;
    const tooltip = (node: LiveNode): string => this.tooltip(node);
    const again = (): void => this.update();
    const command = ({ target }: LiveNode): string | undefined => clickCommands[target.kind];
    const open = (): readonly ClusterView[] => clusters.views().filter(({ state }) => state);
    this.attention = this.own(
      new LiveTreeView("sluice.attention", {
        children: (node) => attentionBelow(node, open()),
        tooltip,
        command,
        again,
      }),
    );
    this.clusters = this.own(
      new LiveTreeView(clustersViewId, {
        children: (node) => this.#children(node, clusters.views()),
        tooltip,
        command,
        again,
      }),
    );
    this.sources = this.own(
      new LiveTreeView("sluice.sources", {
        children: (node) => this.#sources(node, open()),
        tooltip,
        command,
        again,
      }),
    );
    this.#statusBar.name = "Sluice: clusters";
    this.#statusBar.command = {
      command: "sluice.attention.focus",
      title: "Show What Needs Attention",
    };
    this.own({ dispose: clusters.onDidChange(() => this.update()) });
    this.own(settings.onDidChange(() => this.update()));
    this.update();
  }

  get filter(): string {
    return this.#filter;
  }

  set filter(text: string) {
    this.#filter = text;
    this.clusters.view.description = text === "" ? "" : `“${text}”`;
    this.update();
  }

  /** Shows an object in the Clusters view, arranged by owner and unfiltered. */
  async reveal(context: string, id: string): Promise<void> {
    if (this.#settings.mode !== "owner") await this.#settings.chooseMode("owner");
    if (this.#filter !== "") this.filter = "";
    const index = this.#clusters.index(context);
    const path = [nodeIds.object(context, id)];
    for (let at = index.parent(id); at !== undefined; at = index.parent(at))
      path.unshift(nodeIds.object(context, at));
    await this.clusters.reveal([nodeIds.cluster(context), ...path]);
  }

  /** The kubeconfig was read once. */
  loaded(): void {
    this.#loaded = true;
    this.update();
  }

  /** Draws what changed, soon. */
  update(): void {
    this.#paced.soon();
  }

  #draw(): void {
    this.#clusters.flush();
    this.attention.refresh();
    this.clusters.refresh();
    this.sources.refresh();
    this.#readOnly.set(this.#settings.readOnly);
    const views = this.#clusters.views();
    this.#state.set(
      welcomeOf(views, this.#clusters.kubeconfig, {
        loaded: this.#loaded,
        trusted: workspace.isTrusted,
      }),
    );
    const badge = badgeOf(views, this.#settings.badge);
    if (this.attention.view.badge?.value !== badge?.value) this.attention.view.badge = badge;
    const problem = this.#clusters.kubeconfig?.problems[0];
    const message = problem && views.length > 0 ? `${problem.file}: ${problem.message}` : "";
    if (this.clusters.view.message !== message) this.clusters.view.message = message;
    this.#drawStatus(views);
  }

  #drawStatus(views: readonly ClusterView[]): void {
    const status = statusItem(views);
    if (status === undefined) return this.#statusBar.hide();
    this.#statusBar.text = status.text;
    this.#statusBar.tooltip = status.tooltip;
    this.#statusBar.accessibilityInformation = { label: status.accessibleLabel };
    this.#statusBar.show();
  }

  #options(): TreeOptions {
    return { mode: this.#settings.mode, filter: this.#filter };
  }

  #children(node: LiveNode | undefined, views: readonly ClusterView[]): readonly LiveNode[] {
    if (node === undefined) return views.map(clusterNode);
    const { target, from } = pageOf(node);
    const view = views.find(({ context }) => context === target?.context);
    if (view === undefined) return [];
    switch (target?.kind) {
      case "cluster":
        return clusterChildren(view, this.#options(), from);
      case "group":
        return groupChildren(view, target.group, this.#options(), from);
      case "object":
        return objectChildren(view, target.id, from);
      case "managed":
      case "note":
      case "more":
      case undefined:
        return [];
    }
  }

  /** With one cluster its node would only be in the way. */
  #sources(node: LiveNode | undefined, views: readonly ClusterView[]): readonly LiveNode[] {
    const options: TreeOptions = { mode: "kind", filter: "" };
    const [only] = views;
    if (node === undefined)
      return views.length === 1 && only ? sourceGroups(only, options) : views.map(clusterNode);
    const { target, from } = pageOf(node);
    const view = views.find(({ context }) => context === target?.context);
    if (view === undefined) return [];
    switch (target?.kind) {
      case "cluster":
        return sourceGroups(view, options);
      case "group":
        return groupChildren(view, target.group, options, from);
      case "object":
        return objectChildren(view, target.id, from);
      case "managed":
      case "note":
      case "more":
      case undefined:
        return [];
    }
  }

  /** Markdown. */
  tooltip({ target, label, accessibleLabel }: LiveNode): string {
    if (target.kind !== "object") return target.kind === "note" ? label : accessibleLabel;
    const index = this.#clusters.index(target.context);
    const entry = index.get(target.id);
    if (entry === undefined) return label;
    const view = this.#clusters.views().find(({ context }) => context === target.context);
    const refused = refusedWords((verb) => view?.may?.(verb, entry.live.ref) ?? "asking");
    const below = countsBelow(index.aggregate(target.id));
    return liveTooltip(entry.live, entry.status, below, refused);
  }
}

/** The list that a node holds, and where the page begins. */
function pageOf({ target }: LiveNode): {
  readonly target: LiveTarget | undefined;
  readonly from: number;
} {
  return target.kind === "more" ? { target: target.list, from: target.from } : { target, from: 0 };
}

/** A flat list, page by page. */
function attentionBelow(
  node: LiveNode | undefined,
  views: readonly ClusterView[],
): readonly LiveNode[] {
  if (node === undefined) return attention(views);
  return node.target.kind === "more" ? attention(views, node.target.from) : [];
}

const clickCommands = {
  cluster: undefined,
  group: undefined,
  more: undefined,
  note: undefined,
  object: "sluice.openLive",
  managed: "sluice.openLive",
} as const satisfies Record<LiveNode["target"]["kind"], string | undefined>;
