/** Entry point of the graph's page, which runs in a webview: a bundle of its own. */
import { GraphPage } from "./graph-page.ts";

const root = document.getElementById("graph");
if (root !== null) new GraphPage(root).start();
