import { render } from "preact";
import { App } from "./app.tsx";
import { listenToKeys } from "./keys.ts";
import { begin } from "./store.ts";
import { restoreTheme } from "./theme.ts";

restoreTheme();
render(<App />, document.getElementById("page")!);
listenToKeys();
void begin();
