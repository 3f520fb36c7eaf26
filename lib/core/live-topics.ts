/** Topics one stream may ask for. */
const TOPICS_MAX = 50;

const TOPIC = /^(endpoints|runs|flows|connections|outbox|(endpoint|settings|run|flow):[0-9a-f-]{36})$/;

/** Reads a comma-separated list of topics such as `runs,endpoint:<id>`; null when one of them is not a topic. */
export function parseTopics(text: string): string[] | null {
  const topics = [...new Set(text.split(",").filter((topic) => topic !== ""))];
  return topics.length >= 1 && topics.length <= TOPICS_MAX && topics.every((topic) => TOPIC.test(topic))
    ? topics
    : null;
}
