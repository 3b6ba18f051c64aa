/** What the live commands may use. Its parts run in Node only, so they arrive as values and are imported as types. */
import type { Uri } from "vscode";

import type { LiveRequest, LiveResponse, ObjectRef } from "#simulator";
import type * as publish from "#simulator/node/publish";
import type * as push from "#simulator/node/push";

import type * as actions from "../../cluster/actions.ts";
import type { Clusters } from "../../cluster/clusters.ts";
import type * as git from "../../cluster/git-ancestry.ts";
import type { RemoteClusters } from "../../cluster/remote-clusters.ts";
import type { LiveDocument } from "../../model/cluster/live-address.ts";
import type { ClusterSettings } from "../../platform/cluster-settings.ts";
import type { LiveViews } from "../../views/cluster/live-views.ts";

export interface Live {
  readonly clusters: Clusters;
  readonly settings: ClusterSettings;
  readonly views: LiveViews;
  readonly actions: typeof actions;
  readonly git: typeof git;
  /** A bundle of its own, read when somebody pushes. */
  readonly push: () => Promise<typeof push>;
  /** The same for publishing. */
  readonly publish: () => Promise<typeof publish>;
  /** Reads the kubeconfig, once, and connects what was connected in this workspace. */
  readonly start: () => Promise<void>;
  /** A read or a dry run on a cluster that somebody connected to. */
  readonly ask: (
    context: string,
    request: LiveRequest,
    signal: AbortSignal,
  ) => Promise<LiveResponse>;
  /** Clusters that those lead to. */
  readonly remotes: RemoteClusters;
  /** Calls back when appliers of a cluster applied something else than before. Returns what ends it. */
  readonly onApplied: (listener: (context: string) => void) => () => void;
  readonly documentUri: (document: LiveDocument) => Uri;
  /** Shows the lines of Flux's controllers about one object, as they come. */
  readonly followLogs: (context: string, ref: ObjectRef) => void;
  readonly log: (message: string) => void;
}
