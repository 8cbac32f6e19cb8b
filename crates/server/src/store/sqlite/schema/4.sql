-- How many open conversations an agent has.
CREATE INDEX conversation_taken ON conversation (agent) WHERE state = 'open' AND agent IS NOT NULL;
