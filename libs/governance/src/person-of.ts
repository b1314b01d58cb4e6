/** Whose an actor is. Two actors of one person are one person, who cannot approve what she made with the other key. */
export type PersonOf = (workspace: string, actor: string) => Promise<string>;

/** Each actor is a person of its own: keys are of one person where they were made for one actor. */
export const actorAsPerson: PersonOf = async (_workspace, actor) => actor;
