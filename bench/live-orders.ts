/** What is said between the benchmark and the resident simulation that it measures. */

export interface LiveOrder {
  /** `parent`: unsaved text of one line that another Kustomization renders; `typed`: unsaved text of one line; `value`: the same of a value of a HelmRelease, so that its chart is rendered again; `saved`: the same on disk; `nothing`: asked again without any change. */
  readonly what: "typed" | "value" | "parent" | "saved" | "root patch" | "nothing";
  readonly times: number;
}

export interface LiveTimes {
  readonly samples: readonly {
    readonly wallMs: number;
    readonly cpuMs: number;
    /** Changed objects in the plan, to see that it is not empty. */
    readonly changes: number;
  }[];
}
