/** A setting of the server's environment: `API_URL`, `LOGIN_URL`, `LOGIN_CLIENT_ID`, `LOGIN_CLIENT_SECRET`. */
export function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set; see README.md.`);
  return value;
}
