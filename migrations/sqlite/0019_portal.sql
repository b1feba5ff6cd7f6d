-- In which language a user reads the portal. Who is not here reads it as the browser says.
CREATE TABLE user_languages (
    user_id  TEXT PRIMARY KEY NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    language TEXT NOT NULL
);
