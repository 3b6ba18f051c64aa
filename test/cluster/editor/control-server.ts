/** What a suite inside VS Code asks the test outside to do, by name, over loopback. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface ControlServer {
  readonly url: string;
  close(): Promise<void>;
}

type Answer = string | number | void;

/** What an action gives is the answer's text. */
export async function startControl(
  actions: Readonly<Record<string, () => Answer | Promise<Answer>>>,
): Promise<ControlServer> {
  const server = createServer((request, response) => {
    const action = actions[(request.url ?? "").slice(1)];
    if (action === undefined) return void response.writeHead(404).end();
    Promise.resolve(action()).then(
      (value) => response.writeHead(200).end(`${value ?? ""}`),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
