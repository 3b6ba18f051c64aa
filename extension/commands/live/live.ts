/** What the live commands may use. Its parts run in Node only, so they arrive as values and are imported as types. */
import type { Uri } from "vscode";

import type { ObjectRef } from "#simulator";

import type * as actions from "../../cluster/actions.ts";
import type { Clusters } from "../../cluster/clusters.ts";
import type * as git from "../../cluster/git-ancestry.ts";
import type { LiveDocument } from "../../model/cluster/live-address.ts";
import type { ClusterSettings } from "../../platform/cluster-settings.ts";
import type { LiveViews } from "../../views/cluster/live-views.ts";

export interface Live {
  readonly clusters: Clusters;
  readonly settings: ClusterSettings;
  readonly views: LiveViews;
  readonly actions: typeof actions;
  readonly git: typeof git;
  /** Reads the kubeconfig, once, and connects what was connected in this workspace. */
  readonly start: () => Promise<void>;
  readonly documentUri: (document: LiveDocument) => Uri;
  /** Shows the lines of Flux's controllers about one object, as they come. */
  readonly followLogs: (context: string, ref: ObjectRef) => void;
  readonly log: (message: string) => void;
}
