import { render } from "preact";
import { restoreTheme } from "../../web/theme.ts";
import { App } from "./app.tsx";
import { listenToKeys } from "./keys.ts";
import { begin } from "./store.ts";

restoreTheme();
render(<App />, document.getElementById("page")!);
listenToKeys();
begin();
