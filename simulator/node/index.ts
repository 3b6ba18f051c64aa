/** Node adapters of the simulator's ports: working tree, Git, render engine in worker threads, fetched sources, keys. */
export {};
