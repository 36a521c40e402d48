"""The students' own pages, under `/my`: plain, in English and Spanish, without an account."""
