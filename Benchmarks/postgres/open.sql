\set station random(1, 12)
\set department random(1, 22)
INSERT INTO request (id, station, department, state, body) VALUES (gen_random_uuid(), 'st-' || :station::text, 'dp-' || :department::text, 'open', :body::text::jsonb);
