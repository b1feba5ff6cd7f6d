-- Walks are noted in the journal's file; this step keeps the number of the schema the same for both engines.

SELECT 1;
