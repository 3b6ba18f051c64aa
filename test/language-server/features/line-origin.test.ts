/** From a line of a rendered object to the line that it comes from. */
import { expect, test } from "vitest";

import { lineOrigin } from "../../../language-server/features/line-origin.ts";

const rendered = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: podinfo
  namespace: apps
  labels:
    app: podinfo
spec:
  replicas: 2
  template:
    spec:
      containers:
        - name: proxy
          image: proxy:1
        - name: podinfo
          image: podinfo:6
          args:
            - --level=info
            - --port=9898
`;

const source = `# the first document
kind: Service
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: podinfo
spec:
  replicas: 2
  template:
    spec:
      containers:
        - name: podinfo
          image: podinfo:6
          args: [--level=info, --port=9898]
`;

const origin = { path: "apps/podinfo.yaml", line: 4 };

/** The text of the line that a rendered line leads to. */
function checkLine(text: string): string {
  const line = rendered.split("\n").findIndex((one) => one.includes(text)) + 1;
  const place = lineOrigin(rendered, line, source, origin);
  expect(place.path).toBe(origin.path);
  return source.split("\n")[(place.line ?? 0) - 1]?.trim() ?? "";
}

test("a field leads to the same field", () => {
  expect(checkLine("replicas: 2")).toBe("replicas: 2");
  expect(checkLine("kind: Deployment")).toBe("kind: Deployment");
});

test("an element of a list is found by its name, wherever it stands", () => {
  expect(checkLine("image: podinfo:6")).toBe("image: podinfo:6");
  expect(checkLine("--port=9898")).toBe("args: [--level=info, --port=9898]");
});

test("what is not written there leads to what is around it", () => {
  expect(checkLine("namespace: apps")).toBe("metadata:");
  expect(checkLine("app: podinfo")).toBe("metadata:");
  expect(checkLine("image: proxy:1")).toBe("containers:");
});

test("a source that is no YAML, and lines that are not there, lead to the object", () => {
  expect(lineOrigin(rendered, 9, "", origin)).toEqual(origin);
  expect(lineOrigin(rendered, 900, source, origin)).toEqual(origin);
  expect(lineOrigin("", 1, source, origin)).toEqual(origin);
});
