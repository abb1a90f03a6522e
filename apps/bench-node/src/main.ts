#!/usr/bin/env node
import { eunomia } from "./cli/program.ts";

await eunomia().parseAsync();
