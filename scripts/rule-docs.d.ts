/** Text by path. */
export declare function ruleDocs(): Promise<ReadonlyMap<string, string>>;
