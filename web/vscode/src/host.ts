// What differs between the desktop and a browser.

export interface Host {
  /** The command line, if it can be run here: where the settings say, or where `PATH` leads. */
  findCli(configured: string | undefined): Promise<string | undefined>;
}
