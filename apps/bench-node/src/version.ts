/** Of this program; the version in its manifest. */
export const version = "0.1.0";
