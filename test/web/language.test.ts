/** The language server in VS Code for the Web, where it runs in a web worker. */
import { languageTests } from "../support/language-tests.ts";

languageTests("Language server on the web");
