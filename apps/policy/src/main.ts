#!/usr/bin/env node
import { policy } from "./cli/program.ts";

await policy().parseAsync();
