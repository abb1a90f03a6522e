#!/usr/bin/env node
import { trust } from "./cli/program.ts";

await trust().parseAsync();
