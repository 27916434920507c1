/** What is wrong with what the user gave, in one sentence. */
export class Complaint extends Error {
  override readonly name = 'Complaint';
}
