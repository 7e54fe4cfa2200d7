/** Style sheets are bundled beside the scripts; importing one only says that it is needed. */
declare module '*.css' {}
