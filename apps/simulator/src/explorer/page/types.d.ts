/** SHA-256 over the sources of the engines in this page; the build puts it in. */
declare const ENGINES: string;
