-- What is counted of rules, by day. Nothing here says who a visitor was.
CREATE TABLE result (
  site TEXT NOT NULL,
  day INTEGER NOT NULL,             -- of UTC, since 1970
  rule TEXT NOT NULL,
  variation TEXT NOT NULL,          -- empty: the rule runs no experiment, or the visitor is held out
  displayed INTEGER NOT NULL,
  opened INTEGER NOT NULL,
  dismissed INTEGER NOT NULL,
  replied INTEGER NOT NULL,
  goal INTEGER NOT NULL,
  held INTEGER NOT NULL,
  held_goal INTEGER NOT NULL,
  PRIMARY KEY (site, day, rule, variation)
) STRICT, WITHOUT ROWID;
