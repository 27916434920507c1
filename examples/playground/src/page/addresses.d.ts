/** The start page of the site. */
declare const HOME: string;

/** The folder of these sources, where they can be read. */
declare const SOURCES: string;
